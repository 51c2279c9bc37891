import { expect, it } from 'vitest';
import { findCause } from './connection-cause.ts';

const answers = (status: number) => ({ isDeviceOnline: true, askHealth: async () => status });
const silent = {
  isDeviceOnline: true,
  askHealth: () => Promise.reject(new TypeError('Failed to fetch')),
};

it('names why no socket works, by what still answers', async () => {
  expect(await findCause('live', silent)).toBeUndefined();
  expect(await findCause('offline', { ...silent, isDeviceOnline: false })).toBe('device');
  expect(await findCause('offline', silent)).toBe('unreachable');
  expect(await findCause('offline', answers(502))).toBe('restarting');
  expect(await findCause('polling', answers(200))).toBe('blocked');
  expect(await findCause('connecting', answers(200))).toBe('blocked');
  expect(await findCause('rejected', answers(200))).toBe('signedOut');
});
