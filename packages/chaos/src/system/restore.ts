/** Moves a stopped installation into a restored copy of itself, as an operator does who changes the machine. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Postgres } from './postgres.ts';
import { type Env, runVerb, type ServerNode } from './server-node.ts';

/** The nodes come back also when the work fails. */
export async function whileDown(nodes: readonly ServerNode[], work: () => Promise<void>): Promise<void> {
  const starts = await Promise.all(nodes.map((node) => node.takeDown()));
  try {
    await work();
  } finally {
    await Promise.all(starts.map((start) => start()));
  }
}

/** Nothing is written between the backup and the restore, so the copy has every acknowledged write. */
export async function moveToCopy({
  folder,
  data,
  env,
  postgres,
}: {
  folder: string;
  data: string;
  env: Env;
  postgres: Postgres | undefined;
}): Promise<void> {
  const archive = join(folder, 'hoory.backup');
  await runVerb(['backup', archive, '--force'], env);
  await postgres?.empty();
  rmSync(data, { recursive: true });
  mkdirSync(data);
  await runVerb(['restore', archive], env);
}
