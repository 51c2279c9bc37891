import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadSettings, environment, readConfig } from './config.ts';

const faultsOf = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(BadSettings);
    return (error as Error).message;
  }
  return '';
};

describe('without settings', () => {
  it('serves on loopback port 3000 from ./data with SQLite', () => {
    expect(readConfig({})).toEqual({
      host: 'localhost',
      port: 3000,
      data: resolve('data'),
      databaseUrl: undefined,
      redisUrl: undefined,
      url: 'http://localhost:3000',
      maxFile: 40 * 1024 * 1024,
      logKeep: { age: 7 * 24 * 3600 * 1000, events: 10_000 },
      rateLimits: true,
      trustedProxies: [],
      webhookAllow: [],
      s3: undefined,
      migrationCopy: true,
      backup: undefined,
      metricsToken: undefined,
      smtpUrl: undefined,
      logLevel: 'info',
    });
  });

  it('treats a blank setting as unset', () => {
    expect(readConfig({ PORT: '', HOORY_MAX_FILE: '  ', DATABASE_URL: '' })).toEqual(readConfig({}));
  });
});

describe('every setting', () => {
  it('is explained in the README', () => {
    const source = readFileSync(new URL('./config.ts', import.meta.url), 'utf8');
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const names = [...source.matchAll(/check\(\s*'([A-Z][A-Z0-9_]+)'/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('REDIS_URL', () => {
  it('is read beside PostgreSQL, and refused beside SQLite with the reason', () => {
    const settings = { REDIS_URL: 'rediss://cache:6380' };
    expect(readConfig({ ...settings, DATABASE_URL: 'postgres://db/hoory' })).toMatchObject({
      redisUrl: 'rediss://cache:6380',
    });
    expect(faultsOf(settings)).toMatch(/REDIS_URL: is for several nodes, and SQLite serves one/);
  });
});

describe('a setting', () => {
  it.each([
    ['PORT', '8080', { port: 8080, url: 'http://localhost:8080' }],
    ['PORT', '0', { port: 0 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    [
      'HOORY_BACKUP',
      '/var/backups,24h,7',
      { backup: { folder: '/var/backups', everyMs: 86_400_000, keep: 7 } },
    ],
    ['HOORY_MIGRATION_COPY', 'off', { migrationCopy: false }],
    ['HOORY_DATA', '/var/lib/hoory', { data: '/var/lib/hoory' }],
    ['HOORY_URL', 'https://chat.example.com/', { url: 'https://chat.example.com' }],
    ['DATABASE_URL', 'postgresql://me:secret@db/hoory', { databaseUrl: 'postgresql://me:secret@db/hoory' }],
    ['DATABASE_URL', 'postgres://one:1,two:2/hoory', { databaseUrl: 'postgres://one:1,two:2/hoory' }],
    ['HOORY_MAX_FILE', '1.5KB', { maxFile: 1536 }],
    ['HOORY_MAX_FILE', '100', { maxFile: 100 }],
    ['HOORY_MAX_FILE', '2gb', { maxFile: 2 * 1024 ** 3 }],
    ['HOORY_LOG_KEEP', '90s, 5', { logKeep: { age: 90_000, events: 5 } }],
    ['HOORY_RATE_LIMITS', 'off', { rateLimits: false }],
    ['HOORY_RATE_LIMITS', 'TRUE', { rateLimits: true }],
    [
      'HOORY_TRUSTED_PROXIES',
      '10.1.2.3, 10.0.0.0/8,::1',
      { trustedProxies: ['10.1.2.3', '10.0.0.0/8', '::1'] },
    ],
    [
      'HOORY_WEBHOOK_ALLOW',
      'hooks.internal, 10.0.0.0/8,::1',
      { webhookAllow: ['hooks.internal', '10.0.0.0/8', '::1'] },
    ],
  ])('%s=%s is read', (name, text, expected) => {
    expect(readConfig({ [name]: text })).toMatchObject(expected);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '0x50'],
    ['HOORY_URL', 'chat.example.com'],
    ['HOORY_URL', 'https://example.com/chat'],
    ['HOORY_URL', 'ftp://example.com'],
    ['DATABASE_URL', 'mysql://db/hoory'],
    ['DATABASE_URL', 'postgres://one:1,two:99999/hoory'],
    ['REDIS_URL', 'http://cache'],
    ['HOORY_MAX_FILE', '40 apples'],
    ['HOORY_MAX_FILE', '0'],
    ['HOORY_BACKUP', '/var/backups'],
    ['HOORY_BACKUP', '/var/backups,30s,7'],
    ['HOORY_BACKUP', '/var/backups,24h,0'],
    ['HOORY_MIGRATION_COPY', 'maybe'],
    ['HOORY_LOG_KEEP', '7d'],
    ['HOORY_LOG_KEEP', '7d,0'],
    ['HOORY_RATE_LIMITS', 'perhaps'],
    ['HOORY_WEBHOOK_ALLOW', 'http://hooks.internal'],
    ['HOORY_TRUSTED_PROXIES', 'proxy.internal'],
    ['HOORY_TRUSTED_PROXIES', '10.0.0.0/99'],
    ['HOORY_LOG_LEVEL', 'loud'],
    ['SMTP_URL', 'mail.example.com'],
    ['S3_SECRET', 'x'],
  ])('%s=%s stops the start by name', (name, text) => {
    expect(faultsOf({ [name]: text })).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
  });

  const s3 = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'me', S3_SECRET_ACCESS_KEY: 'hunter2' };

  it('S3_BUCKET with two keys is enough for AWS; the others have defaults', () => {
    expect(readConfig({ ...s3, S3_REGION: 'eu-west-1' }).s3).toEqual({
      bucket: 'files',
      accessKeyId: 'me',
      secretAccessKey: 'hunter2',
      endpoint: 'https://s3.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      pathStyle: true,
    });
    expect(readConfig({ ...s3, S3_ENDPOINT: 'http://minio:9000', S3_PATH_STYLE: 'off' }).s3).toMatchObject({
      endpoint: 'http://minio:9000',
      pathStyle: false,
    });
  });

  it.each([
    ['S3_BUCKET', { S3_BUCKET: '' }],
    ['S3_BUCKET', { S3_BUCKET: 'my/files' }],
    ['S3_ACCESS_KEY_ID', { S3_ACCESS_KEY_ID: '' }],
    ['S3_SECRET_ACCESS_KEY', { S3_SECRET_ACCESS_KEY: ' ' }],
    ['S3_ENDPOINT', { S3_ENDPOINT: 's3.example.com' }],
    ['S3_ENDPOINT', { S3_ENDPOINT: 'https://me:hunter2@s3.example.com' }],
    ['S3_PATH_STYLE', { S3_PATH_STYLE: 'perhaps' }],
  ])('%s of S3 settings that do not fit stops the start by name', (name, wrong) => {
    const faults = faultsOf({ ...s3, ...wrong });
    expect(faults).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    expect(faults).not.toContain('hunter2');
  });

  it('is refused together with all other invalid ones', () => {
    const message = faultsOf({ PORT: 'x', HOORY_URL: 'y', HOORY_MAX_FILE: 'z' });
    expect(message.split('\n')).toHaveLength(4);
  });

  it('never shows its value in a fault, which may hold a password', () => {
    expect(faultsOf({ DATABASE_URL: 'mysql://root:hunter2@db/hoory' })).not.toContain('hunter2');
  });

  it('is either read or refused, whatever its text', () => {
    const names = [
      'PORT',
      'HOORY_URL',
      'HOORY_MAX_FILE',
      'HOORY_LOG_KEEP',
      'HOORY_WEBHOOK_ALLOW',
      'DATABASE_URL',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, text) => {
        faultsOf({ [name]: text });
      }),
    );
  });
});

it('cannot be changed once read', () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});

describe('.env', () => {
  it('is overridden by the environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hoory-env-'));
    writeFileSync(
      join(folder, '.env'),
      '# ours\nexport HOORY_T1="a b"\nHOORY_T2 = \'c#d\'\nnonsense\nPATH=none\nHOORY_T3=\nHOORY_T4=x=y\n',
    );
    const env = environment(folder);
    rmSync(folder, { recursive: true });
    expect(env).toMatchObject({ HOORY_T1: 'a b', HOORY_T2: 'c#d', HOORY_T3: '', HOORY_T4: 'x=y' });
    expect(env.PATH).toBe(process.env.PATH);
  });

  it('may be missing', () => {
    expect(environment('/nonexistent').PATH).toBe(process.env.PATH);
  });
});
