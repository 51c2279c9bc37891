/** Who counts as online, and for how long (cable.md B.4). */
import { expect, test } from 'vitest';
import { openMemoryPresence } from './presence.ts';

const hour = 3_600_000;

test('a person is online while one of their sockets is open, however long it says nothing', async () => {
  let now = 0;
  const presence = openMemoryPresence(() => now);
  expect(await presence.enter(1, 'user', 7)).toBe(true);
  expect(await presence.enter(1, 'user', 7)).toBe(false);
  now = hour;
  await presence.leave(1, 'user', 7);
  now = 2 * hour;
  expect(await presence.sweep()).toEqual([]);
  expect(await presence.online(1, 'user')).toEqual([7]);
  await presence.leave(1, 'user', 7);
  now += 49_999;
  expect(await presence.isOnline(1, 'user', 7)).toBe(true);
  now += 1;
  expect(await presence.isOnline(1, 'user', 7)).toBe(false);
  expect(await presence.sweep()).toEqual([1]);
  expect(await presence.enter(1, 'user', 7)).toBe(true);
});

test('users stay online for two and a half heartbeats of 20 seconds without a socket, contacts for as many of 60', async () => {
  let now = 0;
  const presence = openMemoryPresence(() => now);
  for (const [kind, id] of [
    ['user', 7],
    ['contact', 9],
  ] as const) {
    await presence.enter(1, kind, id);
    await presence.leave(1, kind, id);
  }
  now = 49_999;
  expect(await presence.enter(1, 'user', 7)).toBe(false);
  await presence.leave(1, 'user', 7);
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
  await presence.enter(1, 'user', 7);
  await presence.leave(1, 'user', 7);
  await presence.enter(2, 'contact', 7);
  expect(await presence.isOnline(2, 'user', 7)).toBe(false);
  now = 45_000;
  await presence.enter(3, 'user', 8);
  await presence.leave(3, 'user', 8);
  now = 50_000;
  expect(await presence.sweep()).toEqual([1]);
  expect(await presence.sweep()).toEqual([]);
  expect(await presence.online(3, 'user')).toEqual([8]);
});
