/** The environment of PostgreSQL's own programs. */
import { expect, it } from 'vitest';
import { programEnv } from './programs.ts';

it('leads to the one of several servers that takes writes, as the server finds it', () => {
  expect(programEnv('postgres://me:secret@one:5432,two:5433/hoory?sslmode=require')).toMatchObject({
    PGHOST: 'one,two',
    PGPORT: '5432,5433',
    PGUSER: 'me',
    PGPASSWORD: 'secret',
    PGDATABASE: 'hoory',
    PGSSLMODE: 'require',
    PGTARGETSESSIONATTRS: 'read-write',
  });
  expect(programEnv('postgres://me@one/hoory')).not.toHaveProperty('PGTARGETSESSIONATTRS');
});
