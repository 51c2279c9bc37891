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
    globalSetup: 'scripts/build-before-tests.mjs',
    pool: 'forks',
    // Tests wait for databases more than they compute; two processors alone would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
