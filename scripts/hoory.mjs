/** Runs the command line from this repository, building it first when it is missing or its sources changed. */
import { build, partsOfServer } from './build.mjs';

const log = console.log;
// The command's answer is alone on stdout (`--json`): what a build has to say goes to stderr.
console.log = console.error;
const built = await build(partsOfServer);
if (built.length) console.error(`Built ${built.join(' and ')}.`);
console.log = log;

const cli = new URL('../packages/server/dist/cli.js', import.meta.url);
process.argv[1] = cli.pathname;
await import(cli.href);
