/** The log when nobody reads it. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openLog } from './log.ts';

it.runIf(existsSync('/dev/full'))('goes on when the disk is full', () => {
  const log = openLog('info', '/dev/full');
  expect(() => {
    log.info('one');
    log.info('two');
  }).not.toThrow();
});
