/**
 * `npm run pack`: makes the npm packages as they are published, in `dist/`: `hoory` (server, desk, chat, documents, migrations, all built)
 * and `@hoory/client`. Prints a line for each tarball. An argument names another folder.
 *
 * The package `hoory` has the folders of this repository, because the server finds desk and chat beside itself. Its dependencies are
 * those of the server that are not in the bundle, at the exact versions that were tested.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, inServerBundle, partsOfServer } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const builtFolders = ['packages/server/dist', 'packages/dashboard/dist', 'examples/chat/dist'];
const texts = ['README.md', 'LICENSE', 'CHANGELOG.md'];

/** The bundle names it for a start from sources; the build has copied its files. */
const neverImported = new Set(['@fastify/swagger-ui']);

/** Packs into `folder`. @returns paths of the tarballs by the names of their packages */
export async function packAll(folder = join(root, 'dist')) {
  await build([...partsOfServer, 'contract', 'sdk']);
  mkdirSync(folder, { recursive: true });
  const staging = join(folder, 'hoory');
  rmSync(staging, { recursive: true, force: true });
  // Source maps are half of the size.
  for (const path of builtFolders)
    cpSync(join(root, path), join(staging, path), {
      recursive: true,
      filter: (name) => !name.endsWith('.map') && !name.endsWith('.sources'),
    });
  for (const name of texts) cpSync(join(root, name), join(staging, name));
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(describePackage(), null, 2)}\n`);
  const tarballs = {
    hoory: pack(staging, folder),
    '@hoory/client': pack(join(root, 'packages/sdk'), folder),
  };
  rmSync(staging, { recursive: true, force: true });
  return tarballs;
}

function describePackage() {
  const { version, description, license, engines } = read('package.json');
  return {
    name: 'hoory',
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { hoory: 'packages/server/dist/cli.js' },
    files: [...builtFolders, 'CHANGELOG.md'],
    dependencies: dependenciesOfBundle(),
  };
}

/** The server's dependencies that its bundle imports. */
function dependenciesOfBundle() {
  const dist = join(root, 'packages/server/dist');
  const code = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(dist, name), 'utf8'))
    .join('\n');
  const imports = (name) =>
    new RegExp(`(from|import|require|import\\(|require\\(|resolve\\()\\s*["']${name}["'/]`).test(code);
  const { dependencies } = read('packages/server/package.json');
  return Object.fromEntries(
    Object.entries(dependencies).filter(
      ([name]) => !neverImported.has(name) && !inServerBundle.test(name) && imports(name),
    ),
  );
}

function pack(folder, destination) {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination];
  return join(destination, execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim());
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [name, path] of Object.entries(await packAll(process.argv[2])))
    console.log(`${name}: ${path}, ${Math.ceil(statSync(path).size / 1024)} kB`);
