/** `npm run fuzz`: a long run of random requests to every endpoint, on every database of this machine. See `--help`. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `Sends random requests to every endpoint and fails for a 500, for an answer that is not of its schema, for a field that is
shown other than it was sent, and for 250 ms of work in one turn of the event loop. The same seed makes the same requests.

  npm run fuzz -- [--requests 100000] [--seed 7]

  --requests  how many, on each database (default 100000)
  --seed      any whole number (default: the time)

Example: npm run fuzz -- --requests 20000 --seed 7`;

let options;
try {
  options = parseArgs({
    options: {
      requests: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
  for (const name of ['requests', 'seed'])
    if (options[name] !== undefined && !/^[1-9]\d{0,8}$/.test(options[name]))
      throw new Error(`--${name} must be a whole number from 1`);
} catch (error) {
  console.error(`${error.message}\n\n${usage}`);
  process.exit(2);
}
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const { requests = '100000', seed = String(Math.floor(Date.now() / 1000) % 1e9) } = options;
console.log(`${requests} requests on each database, seed ${seed}`);
const test = fileURLToPath(new URL('test.mjs', import.meta.url));
spawn(process.execPath, [test, 'random-requests-are-answered'], {
  stdio: 'inherit',
  env: { ...process.env, HOORY_FUZZ_REQUESTS: requests, HOORY_FUZZ_SEED: seed },
}).on('close', (code) => process.exit(code ?? 1));
