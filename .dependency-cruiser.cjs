/**
 * Who may import whom (docs/architecture.md), read by `npm run check:imports`. Type imports count as imports.
 * The rooms of the server are listed in scripts/rooms.cjs.
 */

const table = require('./scripts/rooms.cjs');

const [nouns, listeners, engines, kernel, doors] = [
  table.nouns,
  table.listeners,
  table.engines,
  table.kernel,
  table.doors,
].map(Object.keys);

const server = '^packages/server/src/';
const rooms = (names) => `${server}(${names.join('|')})/`;
const files = (names) => `${server}(${names.join('|')})\\.ts$`;
const door = `${server}(${doors.join('|')})(\\.ts$|/)`;
const contract = '^packages/contract/src/index\\.ts$';
const ours = '^(packages|examples)/[^/]+/(?!node_modules/)';
const test = '(\\.test\\.ts$|/test/)';

/** Installed packages and Node's own modules, which have no folder. */
const outside = '^(node_modules/|node:|[^/]+$)';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** `from` may import of this repository only what `may` names. */
const only = (name, from, may) =>
  rule(
    name,
    `May import only: ${may.join('  ')}`,
    { path: from, pathNot: test },
    { path: ours, pathNot: may },
  );

const everyRoom = [...nouns, ...listeners, ...engines, 'auth', ...doors];

module.exports = {
  forbidden: [
    rule('no-cycle', 'If two files need each other, a third is missing.', {}, { circular: true }),
    rule('no-unresolved', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    rule(
      'not-in-the-table',
      'A file or room that is not in scripts/rooms.cjs.',
      { path: server, pathNot: [rooms(everyRoom), files([...kernel, ...doors]), test] },
      {},
    ),
    rule(
      'no-tests',
      'Only tests import tests and their helpers.',
      { pathNot: test },
      { path: test, pathNot: '^node_modules/' },
    ),
    rule(
      'no-own-index',
      'Inside a package import the file.',
      { path: '^(packages|examples)/([^/]+)/', pathNot: test },
      { path: '^(packages|examples)/$2/src/index\\.ts$' },
    ),

    only('contract', '^packages/contract/', ['^packages/contract/']),
    rule(
      'contract-packages',
      'The contract depends on the schema library only, and on nothing of Node.',
      { path: '^packages/contract/src/', pathNot: test },
      { path: outside, pathNot: '^node_modules/typebox/' },
    ),
    only('sdk', '^packages/sdk/', ['^packages/sdk/', contract]),
    rule(
      'sdk-packages',
      'The SDK depends on nothing that is not in it, and on nothing of Node.',
      { path: '^packages/sdk/src/', pathNot: test },
      { path: outside },
    ),
    only('chat', '^examples/chat/', ['^examples/chat/', '^packages/sdk/src/index\\.ts$']),
    // The checker shares no code with the server that it judges.
    only('chaos', '^packages/chaos/', ['^packages/chaos/', '^packages/sdk/src/index\\.ts$']),
    only('dashboard', '^packages/dashboard/', ['^packages/dashboard/', '^packages/sdk/src/index\\.ts$']),

    only('kernel', files(kernel), [files(kernel), contract, rooms(engines)]),
    rule(
      'kernel-types',
      'The kernel knows engines by their types only.',
      { path: files(kernel), pathNot: test },
      { path: rooms(engines), dependencyTypesNot: ['type-only'] },
    ),
    only('engines', rooms(engines), [files(kernel), contract, rooms(engines)]),
    only('auth', rooms(['auth']), [
      files(kernel),
      contract,
      rooms([...engines, 'auth', ...table.importedByAuth]),
    ]),
    ...nouns.map((noun, index) =>
      only(noun, rooms([noun]), [files(kernel), contract, rooms([...engines, ...nouns.slice(0, index + 1)])]),
    ),
    ...listeners.map((noun) =>
      only(noun, rooms([noun]), [files(kernel), contract, rooms([...engines, ...nouns, noun])]),
    ),
    rule('no-doors', 'Nobody imports main and cli.', { path: server, pathNot: [door, test] }, { path: door }),

    rule(
      'drivers',
      'Only db/ imports a database driver, the bench to make databases and to weigh them, and chaos to judge what is stored.',
      { pathNot: [rooms(['db', 'bench']), '^packages/chaos/', test] },
      { path: '^node_modules/(pg|better-sqlite3)/' },
    ),
    rule(
      'framework',
      'Only http/ imports the web framework, and the bench to compare with it; others know its types.',
      { path: server, pathNot: [rooms(['http', 'bench']), test] },
      { path: '^node_modules/(fastify|@fastify)/', dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|examples)/[^/]+/(dist|\\.dist-[^/]*)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
