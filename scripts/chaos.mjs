/** `npm run chaos`: builds what is missing, finds the programs of this machine, and runs `packages/chaos`. */
import { main } from '../packages/chaos/src/cli.ts';
import { build, partsOfServer } from './build.mjs';
import { lanes } from './lanes.mjs';

const log = console.log;
// The report is alone on stdout (`--json`): what a build has to say goes to stderr.
console.log = console.error;
await build([...partsOfServer, 'sdk']);
console.log = log;

const code = await main(process.argv.slice(2), {
  initdb: lanes.postgres.find(),
  redis: lanes.redis.find(),
  chromium: lanes['headless shell'].find() ?? lanes.chromium.find(),
});
// Clients that were closed may still hold timers.
process.exit(code);
