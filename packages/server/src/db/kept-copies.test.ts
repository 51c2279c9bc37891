/** The copy of the database that a start keeps before it migrates. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyConfig, engines, type Fresh } from '../../test/server.ts';
import { mayMount } from '../../test/small-disk.ts';
import { openApp } from '../main.ts';
import { CannotCopy } from './cannot-copy.ts';
import { removeOlderCopies } from './kept-copies.ts';
import { latestVersion } from './migrations.ts';
import { openDb } from './open.ts';
import { findProgram } from './postgres/programs.ts';

const hooks = { beforeCommit: async () => {} };
const olderSqlite = () => readFileSync(new URL('../../test/version-120/sqlite.sql', import.meta.url), 'utf8');
const olderPostgres = new URL('../../test/version-120/postgres.sql', import.meta.url).pathname;

describe('a start on an older SQLite file', () => {
  let fresh: Fresh;
  const at = (name: string) => join(fresh.config.data, name);

  beforeEach(async () => {
    fresh = await emptyConfig('sqlite');
    new Database(at('hoory.sqlite')).exec(olderSqlite()).close();
  });
  afterEach(() => fresh.release());

  it('keeps a copy, which takes the place of the file with an epoch of its own', async () => {
    const app = await openApp(fresh.config);
    const { epoch, key } = app.installation;
    await app.close();
    expect(readdirSync(fresh.config.data).sort()).toEqual(['hoory.sqlite', 'hoory.sqlite.version-120']);
    const copy = new Database(at('hoory.sqlite.version-120'), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(120);
    copy.close();
    rmSync(at('hoory.sqlite'));
    renameSync(at('hoory.sqlite.version-120'), at('hoory.sqlite'));
    const again = await openApp(fresh.config);
    expect(again.installation.key).toBe(key);
    expect(again.installation.epoch).not.toBe(epoch);
    await again.close();
  });

  it('keeps none when nothing is migrated, or when it is told so', async () => {
    await (await openDb({ ...fresh.config, migrationCopy: false }, hooks)).close();
    await (await openDb(fresh.config, hooks)).close();
    expect(readdirSync(fresh.config.data)).toEqual(['hoory.sqlite']);
  });

  it('keeps the copies of two versions', async () => {
    for (const version of [9, 80, 120, 130]) writeFileSync(at(`hoory.sqlite.version-${version}`), '');
    await removeOlderCopies(at('hoory.sqlite'));
    expect(readdirSync(fresh.config.data).sort()).toEqual([
      'hoory.sqlite',
      'hoory.sqlite.version-120',
      'hoory.sqlite.version-130',
    ]);
  });

  it('refuses to migrate when a copy cannot be written, and changes nothing', async () => {
    // A folder in the place of the copy: like a full disk, it fails after the copy was begun.
    execFileSync('mkdir', ['-p', at('hoory.sqlite.version-120/x')]);
    await expect(openDb(fresh.config, hooks)).rejects.toThrow();
    expect(readdirSync(fresh.config.data).sort()).toEqual(['hoory.sqlite', 'hoory.sqlite.version-120']);
    const file = new Database(at('hoory.sqlite'), { readonly: true });
    expect(file.pragma('user_version', { simple: true })).toBe(120);
    file.close();
  });

  it.runIf(mayMount())('says what to do when there is no space for the copy', async () => {
    const disk = at('disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk]);
    try {
      copyFileSync(at('hoory.sqlite'), join(disk, 'hoory.sqlite'));
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(600_000));
      const config = { ...fresh.config, data: disk };
      await expect(openDb(config, hooks)).rejects.toThrow(
        /keeps a copy of version 120 before.*free.*HOORY_MIGRATION_COPY=off/,
      );
      expect(readdirSync(disk).sort()).toEqual(['ballast', 'hoory.sqlite']);
      rmSync(join(disk, 'ballast'));
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

describe.runIf(engines.includes('postgres'))('a start on an older PostgreSQL database', () => {
  let fresh: Fresh;
  beforeEach(async () => {
    fresh = await emptyConfig('postgres');
    const { programEnv } = await import('./postgres/programs.ts');
    execFileSync('psql', ['-qf', olderPostgres], {
      env: programEnv(fresh.config.databaseUrl ?? ''),
      stdio: 'ignore',
    });
  });
  afterEach(() => fresh.release());

  it('keeps a dump in the data folder', async () => {
    await (await openDb(fresh.config, hooks)).close();
    const dump = join(fresh.config.data, 'hoory.postgres.version-120');
    expect(existsSync(dump)).toBe(true);
    const { path } = await findProgram('pg_restore', 0);
    expect(execFileSync(path, ['--list', dump], { encoding: 'utf8' })).toContain(
      'TABLE DATA public messages',
    );
  });

  it('warns when there is no pg_dump, and migrates', async () => {
    const { keepPostgresCopy } = await import('./postgres/keep-copy.ts');
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const kept = { url: fresh.config.databaseUrl ?? '', folder: fresh.config.data, version: 120 };
    await keepPostgresCopy({ ...kept, serverVersion: 99, warn });
    expect(warnings).toEqual([expect.stringMatching(/without a copy.*pg_dump of PostgreSQL 99/)]);
    expect(readdirSync(fresh.config.data)).toEqual([]);
    const failing = keepPostgresCopy({
      ...kept,
      url: `${kept.url}`.replace(/hoory_\w+/, 'absent'),
      serverVersion: 13,
      warn,
    });
    await expect(failing).rejects.toBeInstanceOf(CannotCopy);
    expect(readdirSync(fresh.config.data)).toEqual([]);
    expect(latestVersion('postgres')).toBeGreaterThan(120);
  });
});
