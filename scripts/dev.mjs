/**
 * `npm run dev`: the server from its sources and the desk on one port, both renewed when a file changes. Vite serves `/app` and
 * passes everything else on to the server, which listens on a port of its own. See `--help`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { build } from './build.mjs';

const usage = `Serves the sources at http://localhost:3000: the server starts again when one of its files changes, the chat is built again,
the desk reloads in the browser. Settings are those of npm start; PORT is read from the environment alone.

  npm run dev

Example: PORT=4000 HOORY_DATA=/tmp/hoory npm run dev`;

if (process.argv.length > 2) {
  console.error(usage);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const port = Number(process.env.PORT ?? 3000);
const serverPort = await freePort();
/** What a change in each folder asks for. */
const watched = {
  'packages/server/src': [],
  'packages/contract/src': ['chat'],
  'packages/sdk/src': ['chat'],
  'examples/chat/src': ['chat'],
};

let server;
let timer;
let toBuild = new Set();
/** Changes of files are answered one after another, whatever arrives meanwhile. */
let last = Promise.resolve();

await build(['chat']);
start();
const desk = await createServer({
  root: join(root, 'packages/dashboard'),
  configFile: join(root, 'packages/dashboard/vite.config.ts'),
  plugins: [{ name: 'app-without-slash', configureServer: (vite) => void vite.middlewares.use(addSlash) }],
  server: {
    host: process.env.HOST ?? 'localhost',
    port,
    strictPort: true,
    proxy: { '^/(?!app(/|$|\\?))': { target: `http://127.0.0.1:${serverPort}`, ws: true } },
  },
});
await desk.listen();

for (const [folder, packages] of Object.entries(watched))
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (!/\.(ts|json|sql|md)$/.test(file ?? '') || /\.test\.ts$/.test(file)) return;
    for (const name of packages) toBuild.add(name);
    clearTimeout(timer);
    // An editor saves several files at once.
    timer = setTimeout(() => {
      last = last.then(renew);
    }, 150);
  });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, async () => {
    await Promise.all([desk.close(), stop()]);
    process.exit();
  });

function start() {
  const cli = join(root, 'packages/server/src/cli.ts');
  server = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', cli, 'serve'], {
    cwd: root,
    stdio: 'inherit',
    // In a group of its own: Ctrl+C in a terminal would reach it twice, and the second signal ends it at once.
    detached: true,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(serverPort),
      HOORY_URL: process.env.HOORY_URL ?? `http://localhost:${port}`,
    },
  });
}

async function stop() {
  if (server.exitCode !== null || server.signalCode) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function renew() {
  const names = [...toBuild];
  toBuild = new Set();
  try {
    await build(names);
  } catch (error) {
    console.error(`${error.message}\nThe build failed: the server goes on as it was.`);
    return;
  }
  await stop();
  start();
}

/** Vite knows the desk by `/app/` alone, people type `/app`. */
function addSlash(request, response, next) {
  if (!/^\/app($|\?)/.test(request.url)) return next();
  response.writeHead(302, { location: request.url.replace('/app', '/app/') }).end();
}

async function freePort() {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port: free } = socket.address();
  socket.close();
  await once(socket, 'close');
  return free;
}
