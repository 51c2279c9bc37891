/** Who counts as online, and for how long (cable.md B.4). */
import { expect, test } from 'vitest';
import { openMemoryPresence } from './presence.ts';

test('users are online for two and a half heartbeats of 20 seconds, contacts for as many of 60', async () => {
  let now = 0;
  const presence = openMemoryPresence(() => now);
  expect(await presence.see(1, 'user', 7)).toBe(true);
  await presence.see(1, 'contact', 9);
  now = 49_999;
  expect(await presence.see(1, 'user', 7)).toBe(false);
  now += 49_999;
  expect(await presence.online(1, 'user')).toEqual([7]);
  now += 1;
  expect(await presence.isOnline(1, 'user', 7)).toBe(false);
  expect(await presence.isOnline(1, 'contact', 9)).toBe(true);
  now = 150_000;
  expect(await presence.online(1, 'contact')).toEqual([]);
});

test('a sweep names the accounts that lost a user, once, and no account knows another', async () => {
  let now = 0;
  const presence = openMemoryPresence(() => now);
  await presence.see(1, 'user', 7);
  await presence.see(2, 'contact', 7);
  expect(await presence.isOnline(2, 'user', 7)).toBe(false);
  now = 45_000;
  await presence.see(3, 'user', 8);
  now = 50_000;
  expect(await presence.sweep()).toEqual([1]);
  expect(await presence.sweep()).toEqual([]);
  expect(await presence.online(3, 'user')).toEqual([8]);
});
