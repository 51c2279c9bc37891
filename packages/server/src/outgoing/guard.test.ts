import { expect, it } from 'vitest';
import { AddressRefused, openGuard } from './guard.ts';

const isAllowed = (allow: string[], host: string, address = host): boolean => {
  try {
    openGuard(allow).check(host, address);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(AddressRefused);
    return false;
  }
};

it.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:93.184.215.14'])(
  'lets %s pass, which is public',
  (address) => expect(isAllowed([], address)).toBe(true),
);

it.each([
  '127.0.0.1',
  '127.255.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
])('refuses %s', (address) => expect(isAllowed([], address)).toBe(false));

it('checks the address of a host name, unless the name itself is allowed', () => {
  expect(isAllowed([], 'inside.test', '10.0.0.1')).toBe(false);
  expect(isAllowed(['inside.test'], 'INSIDE.test', '10.0.0.1')).toBe(true);
  expect(isAllowed(['inside.test'], 'other.test', '10.0.0.1')).toBe(false);
});

it('allows single addresses and ranges of either family', () => {
  expect(isAllowed(['10.0.0.0/8'], 'a.test', '10.9.9.9')).toBe(true);
  expect(isAllowed(['10.0.0.0/8'], 'a.test', '::ffff:10.9.9.9')).toBe(true);
  expect(isAllowed(['10.0.0.0/8'], 'a.test', '192.168.0.1')).toBe(false);
  expect(isAllowed(['::1'], '::1')).toBe(true);
  expect(isAllowed(['fd00::/8', '127.0.0.1'], '127.0.0.1')).toBe(true);
  expect(isAllowed(['fd00::/8', '127.0.0.1'], '127.0.0.2')).toBe(false);
});
