import { expect, it } from 'vitest';
import { openThrottle } from './throttle.ts';

const fail = async () => undefined;

it('counts failures of one e-mail from many addresses', async () => {
  let now = 0;
  const throttle = openThrottle(() => now);
  for (let i = 0; i < 10; i++) await throttle.guard({ email: 'a@b.c', address: `10.0.0.${i}` }, fail);
  const eleventh = () => throttle.guard({ email: 'a@b.c', address: '10.0.0.99' }, async () => 'in');
  await expect(eleventh()).rejects.toMatchObject({ code: 'too_many_requests', detail: { retryAfter: 900 } });
  expect(await throttle.guard({ email: 'd@e.f', address: '10.0.0.99' }, async () => 'in')).toBe('in');
  now = 900_001;
  expect(await eleventh()).toBe('in');
});

it('continues after an attempt that threw', async () => {
  const throttle = openThrottle(() => 0);
  const who = { email: 'a@b.c', address: '10.0.0.1' };
  await expect(throttle.guard(who, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await throttle.guard(who, async () => 'in')).toBe('in');
});
