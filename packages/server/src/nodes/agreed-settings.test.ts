/** Which settings two nodes must have alike. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { findDifferences, printSettings } from './agreed-settings.ts';

const print = (settings: Record<string, string>) =>
  printSettings(readConfig({ DATABASE_URL: 'postgres://localhost/hoory', ...settings }), 'key');
const bucket = { S3_BUCKET: 'uploads', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' };

describe('settings of two nodes', () => {
  it.each([
    ['HOORY_URL', { HOORY_URL: 'https://chat.example.com' }],
    ['HOORY_LOG_KEEP', { HOORY_LOG_KEEP: '1d,100' }],
    ['HOORY_MAX_FILE', { HOORY_MAX_FILE: '1MB' }],
    ['HOORY_RATE_LIMITS', { HOORY_RATE_LIMITS: 'off' }],
    ['HOORY_WEBHOOK_ALLOW', { HOORY_WEBHOOK_ALLOW: '10.0.0.1' }],
    ['REDIS_URL', { REDIS_URL: 'redis://localhost:6379/1' }],
    ['SMTP_URL', { SMTP_URL: 'smtp://mail.example.com' }],
    ['S3_BUCKET and S3_ENDPOINT', bucket],
  ])('must have the same %s', (name, settings) => {
    expect(findDifferences(print({}), print(settings))).toEqual([name]);
    expect(findDifferences(print(settings), print(settings))).toEqual([]);
  });

  it('may differ in passwords, in what concerns one machine, and in the order of a list', () => {
    const one = {
      PORT: '3000',
      HOORY_URL: 'https://chat.example.com',
      SMTP_URL: 'smtp://ann:one@mail.example.com',
      HOORY_WEBHOOK_ALLOW: 'a.test,b.test',
      ...bucket,
    };
    const other = {
      PORT: '3001',
      HOORY_URL: 'https://chat.example.com',
      HOORY_DATA: '/elsewhere',
      HOORY_LOG_LEVEL: 'silent',
      HOORY_METRICS_TOKEN: 'of this machine',
      SMTP_URL: 'smtp://bob:two@mail.example.com',
      HOORY_WEBHOOK_ALLOW: 'b.test,a.test',
      ...bucket,
      S3_ACCESS_KEY_ID: 'c',
    };
    expect(findDifferences(print(one), print(other))).toEqual([]);
  });

  it('are not compared where one version does not know them', () => {
    expect(findDifferences('{"OLD":"1","BOTH":"1"}', '{"NEW":"1","BOTH":"2"}')).toEqual(['BOTH']);
  });

  it('contain no value in their stored form', () => {
    const text = print({ SMTP_URL: 'smtp://ann:top-secret@mail.example.com', HOORY_MAX_FILE: '77MB' });
    for (const value of ['top-secret', 'example', String(77 * 1024 * 1024)])
      expect(text).not.toContain(value);
  });
});
