/**
 * Builds packages into their `dist/`. A package whose sources did not change since its last build is skipped, so that
 * this may run before every start. Run by itself it builds everything; `hoory.mjs` asks for what the server needs.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages that every start loads go into the bundle of the server: finding and reading their thousand files takes a second. Those with a
 * binary, files of their own or a use that may never come stay outside.
 */
export const inServerBundle =
  /^(@fastify\/static|commander|fastify|ipaddr\.js|kysely|pino|qs|typebox|ws)($|\/)/;

/**
 * `entry` makes the package worth building, `sources` are the folders it is made of, `options` go to tsdown.
 * Declared dependencies stay outside a bundle; packages of this workspace go into it. `finish` adds to the new folder.
 * Texts in the folders of `compressed` get `.br` and `.gz` forms beside them, which the server sends as they are.
 * With `bundler: 'vite'` the package's own `vite.config.ts` says how.
 */
const packages = {
  contract: {
    folder: 'packages/contract',
    entry: 'src/index.ts',
    sources: ['packages/contract/src'],
    options: { platform: 'neutral', dts: true },
  },
  sdk: {
    folder: 'packages/sdk',
    entry: 'src/index.ts',
    sources: ['packages/sdk/src', 'packages/contract/src', 'scripts/client-declarations.mjs'],
    options: { platform: 'neutral', format: ['esm', 'cjs'] },
    finish: async (dist) => (await import('./client-declarations.mjs')).writeDeclarations(dist),
  },
  chat: {
    folder: 'examples/chat',
    entry: 'src/chat.ts',
    sources: ['examples/chat/src', 'packages/sdk/src', 'packages/contract/src'],
    options: {
      platform: 'browser',
      format: 'iife',
      minify: true,
      // The server does not serve the map.
      sourcemap: 'hidden',
      outputOptions: { entryFileNames: 'chat.js' },
    },
    compressed: ['.', 'words'],
    copies: { 'src/words': 'words' },
    /** With the SDK, in bytes after gzip as the server does it. */
    budget: { file: 'chat.js', bytes: 25_000 },
  },
  dashboard: {
    folder: 'packages/dashboard',
    entry: 'index.html',
    sources: [
      'packages/dashboard/src',
      'packages/dashboard/public',
      'packages/dashboard/index.html',
      'packages/dashboard/vite.config.ts',
      'packages/sdk/src',
      'packages/contract/src',
    ],
    bundler: 'vite',
    compressed: ['.', 'assets'],
  },
  server: {
    folder: 'packages/server',
    entry: 'src/cli.ts',
    sources: ['packages/server/src', 'packages/contract/src', 'docs/socket.md', 'docs/webhooks.md'],
    // The load of `bench` runs beside what it measures, from files of its own.
    options: {
      platform: 'node',
      target: 'node20.19',
      deps: {
        alwaysBundle: [/^@hoory\//, inServerBundle],
        onlyBundle: false,
      },
      inputOptions: {
        resolve: { alias: { '@hoory/contract': join(root, 'packages/contract/src/index.ts') } },
      },
      entry: {
        cli: 'src/cli.ts',
        poster: 'src/bench/poster.ts',
        reader: 'src/bench/reader.ts',
        measured: 'src/bench/measured.ts',
        crowd: 'src/bench/crowd.ts',
        'storm-crowd': 'src/bench/storm-crowd.ts',
        pacer: 'src/bench/pacer.ts',
        filler: 'src/bench/filler.ts',
        people: 'src/bench/office/people.ts',
        'webhook-receiver': 'src/bench/webhook-receiver.ts',
        'end-with-parent': 'src/bench/end-with-parent.ts',
        probe: 'src/bench/growth/probe.ts',
        visitors: 'src/bench/soak/visitors.ts',
      },
    },
    copies: {
      'src/db/migrations': 'migrations',
      '../../docs/socket.md': 'docs/socket.md',
      '../../docs/webhooks.md': 'docs/webhooks.md',
      ...Object.fromEntries(
        ['swagger-ui.css', 'index.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map((name) => [
          `../../node_modules/@fastify/swagger-ui/static/${name}`,
          `docs/assets/${name}`,
        ]),
      ),
    },
    compressed: ['docs/assets'],
  },
};

/** What a running server serves or is made of; the rest is for those who install a package. */
export const partsOfServer = ['chat', 'dashboard', 'server'];

/** Builds the named packages whose sources changed. @returns the names of those built */
export async function build(names = Object.keys(packages)) {
  const built = [];
  for (const name of names) {
    const { folder, entry, sources } = packages[name];
    const dist = join(root, folder, 'dist');
    const print = fingerprint([...sources, join(folder, 'package.json'), 'scripts/build.mjs']);
    if (!existsSync(join(root, folder, entry)) || readStamp(dist) === print) continue;
    await bundle(packages[name], dist, print);
    built.push(name);
  }
  return built;
}

/** A server that runs from `dist` keeps its files until the whole new folder takes their place. */
async function bundle({ folder, copies = {}, finish, budget, compressed = [], ...how }, dist, print) {
  const fresh = join(root, folder, `.dist-${process.pid}`);
  try {
    await (how.bundler === 'vite' ? bundleWithVite(folder, fresh) : bundleWithTsdown(folder, how, fresh));
    for (const [from, to] of Object.entries(copies))
      cpSync(join(root, folder, from), join(fresh, to), { recursive: true });
    await finish?.(fresh);
    await Promise.all(compressed.map((inner) => compressTexts(join(fresh, inner))));
    if (budget) weigh(join(fresh, budget.file), budget);
    writeFileSync(join(fresh, '.sources'), print);
    replace(dist, fresh, print);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function bundleWithTsdown(folder, { entry, options }, outDir) {
  const { build: tsdown } = await import('tsdown');
  await tsdown({
    config: false,
    cwd: join(root, folder),
    entry,
    outDir,
    tsconfig: join(root, 'tsconfig.json'),
    format: 'esm',
    fixedExtension: false,
    dts: false,
    sourcemap: true,
    logLevel: 'error',
    report: false,
    deps: { alwaysBundle: [/^@hoory\//], onlyBundle: false },
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'default'] } },
    ...options,
  });
}

/** Vite builds what `NODE_ENV` says, and tests set it: the desk is built for production whoever asks. */
async function bundleWithVite(folder, outDir) {
  const { build: vite } = await import('vite');
  const configFile = join(root, folder, 'vite.config.ts');
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await vite({ configFile, logLevel: 'error', mode: 'production', build: { outDir, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Shorter texts fit into one packet as they are. */
const fewBytes = 1024;

async function compressTexts(folder) {
  const texts = readdirSync(folder).filter((name) => /\.(js|css|html|json|svg|webmanifest)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const path = join(folder, name);
      const content = readFileSync(path);
      if (content.length < fewBytes) return;
      const [small, smaller] = await Promise.all([
        promisify(gzip)(content, { level: 9 }),
        promisify(brotliCompress)(content, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
        }),
      ]);
      writeFileSync(`${path}.gz`, small);
      writeFileSync(`${path}.br`, smaller);
    }),
  );
}

/** Tells the size that visitors download; above the budget the build fails. */
function weigh(path, { file, bytes }) {
  const size = gzipSync(readFileSync(path), { level: 9 }).length;
  console.error(`${file}: ${size} bytes gzipped of ${bytes}`);
  if (size > bytes) throw new Error(`${file} is larger than its budget`);
}

/** Two builds may end at the same time; either one's result will do. */
function replace(dist, fresh, print) {
  rmSync(dist, { recursive: true, force: true });
  try {
    renameSync(fresh, dist);
  } catch (error) {
    if (readStamp(dist) !== print) throw error;
  }
}

const readStamp = (dist) =>
  existsSync(join(dist, '.sources')) ? readFileSync(join(dist, '.sources'), 'utf8') : undefined;

/** By content, not by time: checking out an older commit makes files that look new, or old. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths)
    for (const file of filesOf(path)) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesOf(path) {
  if (/\.\w+$/.test(path)) return [path];
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/\.test\.tsx?$/.test(file.name))
    .map((file) => join(file.parentPath, file.name).slice(root.length))
    .sort();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const started = Date.now();
  const built = await build();
  console.error(
    built.length
      ? `Built ${built.join(', ')} in ${((Date.now() - started) / 1000).toFixed(1)} s`
      : 'Everything is built.',
  );
}
