import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their sources, so that tests need no build. Workers get these conditions for
// `require` as well: `import` or `module` among them would break CommonJS packages that have both forms.
const conditions = ['source', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
    ],
    globalSetup: ['scripts/build-before-tests.mjs', 'packages/server/test/templates.ts'],
    pool: 'forks',
    // A worker runs one file after another and loads the server once for all of them, which takes a second of the
    // processor for each file otherwise. So a test leaves nothing behind in what its modules keep.
    isolate: false,
    // Tests wait for databases and pages more than they compute.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
