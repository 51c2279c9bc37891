import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Workspace packages resolve to their sources, so that tests need no build. Workers get these conditions for
// `require` as well: `import` or `module` among them would break CommonJS packages that have both forms.
const conditions = ['source', 'node', 'development|production'];

/** Files that start browsers or servers as processes come first: begun last, one of them would be all that still runs. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const slow = new Set(sorted.filter(isSlow));
    return [...slow, ...sorted.filter((file) => !slow.has(file))];
  }
}

const isSlow = ({ moduleId }: TestSpecification): boolean =>
  /\/(browser|process|command-line)\.ts'/.test(readFileSync(moduleId, 'utf8'));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // The environment in which vitest runs global setups: they too must not need built packages.
  environments: { __vitest__: { resolve: { conditions, externalConditions: conditions } } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
    ],
    globalSetup: ['scripts/build-before-tests.mjs', 'packages/server/test/templates.ts'],
    setupFiles: ['scripts/seed-properties.mjs'],
    pool: 'forks',
    // A worker runs one file after another and loads the server once for all of them, which takes a second of the
    // processor for each file otherwise. So a test leaves nothing behind in what its modules keep.
    isolate: false,
    // Servers that start and stop fill the young generation quickly; a larger one is collected less often.
    execArgv: ['--max-semi-space-size=64'],
    // Tests wait for databases and pages more than they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowestFirst },
    // Limits end what hangs and measure nothing: on a busy machine everything may take twenty times as long.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 25 } },
  },
});
