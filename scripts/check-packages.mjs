/**
 * `npm run check:packages`: packs the packages and checks `@hoory/client` by publint and @arethetypeswrong/cli, which npm downloads into its
 * cache: what is published must load as ESM and CommonJS, with types, in every resolution that people use.
 */
import { spawnSync } from 'node:child_process';
import { packAll } from './pack.mjs';

const tarballs = await packAll();
const checks = [
  ['publint@0.3.25', 'publint', '--strict', tarballs['@hoory/client']],
  ['publint@0.3.25', 'publint', tarballs.hoory],
  ['@arethetypeswrong/cli@0.18.5', 'attw', tarballs['@hoory/client']],
];
for (const [tool, ...command] of checks) {
  console.log(`\n${command.join(' ')}`);
  const { status } = spawnSync('npm', ['exec', '--yes', `--package=${tool}`, '--', ...command], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
