/**
 * `npm run check:licences`: every package that is installed with the product has a licence that lets it be used in MIT
 * software, and runs on every Node that we claim; tools of development need the latter only.
 * Read from package-lock.json, so it needs neither an installation nor a network.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import semver from 'semver';

const read = (name) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8'));

/** Licences without a duty beyond keeping their text. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/** Other licences that are compatible as these packages use them. */
const exceptions = [
  {
    name: /^@img\/sharp-/,
    licence: 'LGPL-3.0-or-later',
    why: 'libvips is a shared library that anyone can replace',
  },
  {
    name: /^@fontsource-variable\/inter$/,
    licence: 'OFL-1.1',
    why: 'a font that is shipped under its own name',
  },
];

/** Whether one of the alternatives of an SPDX expression without nested brackets is allowed as a whole. */
const isAllowed = (name, expression) =>
  expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((alternative) => alternative.split(' AND ').every((licence) => isCompatible(name, licence)));

const isCompatible = (name, licence) =>
  permissive.has(licence) ||
  exceptions.some((exception) => exception.licence === licence && exception.name.test(name));

/** The oldest that `engines` of package.json allows, and one of each later line. */
const nodes = [semver.minVersion(read('package.json').engines.node).version, '22.23.5', '24.22.3', '26.12.1'];
const faults = [];
for (const [path, { version, license, engines, dev, link }] of Object.entries(
  read('package-lock.json').packages,
)) {
  const [, name] = /(?:^|.*\/)node_modules\/(.+)$/.exec(path) ?? [];
  if (name === undefined || link) continue;
  if (!dev && !isAllowed(name, license ?? 'none'))
    faults.push(`${name} ${version}: licence ${license ?? 'none'}`);
  for (const node of nodes)
    if (engines?.node && !semver.satisfies(node, engines.node))
      faults.push(`${name} ${version}: needs Node ${engines.node}, not ${node}`);
}
if (faults.length) {
  console.error(`${faults.join('\n')}\nLists of licences are in scripts/check-licences.mjs.`);
  process.exit(1);
}
