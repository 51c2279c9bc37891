/** Opens the nodes of the database that the configuration names. */
import { join } from 'node:path';
import { VERSION } from '@hoory/contract';
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import type { Installation } from '../installation.ts';
import type { Log } from '../log.ts';
import { newToken } from '../secrets.ts';
import { printSettings } from './agreed-settings.ts';
import type { CommonClock } from './common-clock.ts';
import { openFileMarks } from './file-marks.ts';
import { type Nodes, openSingleNode } from './nodes.ts';
import { openRegistry } from './registry.ts';

export interface NodesOptions {
  config: Readonly<Config>;
  db: Db;
  installation: Installation;
  log: Log;
  now: () => number;
  /** Undefined where the time is given. */
  clock: CommonClock | undefined;
}

/** This process becomes a node with `join`; before it only reads which nodes there are. */
export async function openNodes({ config, db, installation, log, now, clock }: NodesOptions): Promise<Nodes> {
  const id = newToken();
  if (db.dialect === 'sqlite') return openSingleNode(id, { version: VERSION, now });
  const settings = printSettings(config, installation.key);
  const fileMarks = config.s3 ? undefined : openFileMarks(join(config.data, 'files'));
  return openRegistry({ id, version: VERSION, db, log, now, clock, settings, fileMarks });
}
