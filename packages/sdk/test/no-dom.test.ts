/** The sources compile where there is no DOM, and no Node either. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

it('needs no DOM types and no Node types', () => {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
  const { options } = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => expect.fail(String(problem.messageText)),
    },
  )!;
  const program = ts.createProgram([join(root, 'packages/sdk/src/index.ts')], {
    ...options,
    incremental: false,
    tsBuildInfoFile: undefined,
    lib: ['lib.es2023.d.ts'],
    types: [],
  });
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.includes('packages/sdk/'));
  const problems = own.flatMap((file) => program.getSemanticDiagnostics(file));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
