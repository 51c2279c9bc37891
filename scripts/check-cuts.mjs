/**
 * `npm run check:cuts`: text that people write is cut by `cut()` only, between characters as they see them. Any other
 * `slice(0, …)`, `slice(-…)`, `substring`, `substr` or `charAt` of a string, and any `substr` in SQL, is refused unless its
 * file stands below with the reason why no people's text is split there.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By file: how many such calls it may have, and why. */
const allowed = {
  'packages/contract/src/text.ts': [2, 'cut() itself'],
  'packages/dashboard/src/conversations/composer/composer.tsx': [2, 'up to the caret'],
  'packages/dashboard/src/conversations/composer/trigger.ts': [2, 'up to the caret'],
  'packages/dashboard/src/live/outbox.ts': [1, 'an id'],
  'packages/dashboard/src/ui/request-id.tsx': [1, 'an id'],
  'packages/dashboard/src/webhooks/replay-span.tsx': [1, 'a date'],
  'packages/dashboard/src/words/time.ts': [1, 'the name of a day, by the browser'],
  'packages/sdk/src/text/links.ts': [1, 'the end of an address'],
  'packages/server/src/auth/gate.ts': [1, 'a hash'],
  'packages/server/src/auth/password.ts': [1, 'longer passwords are wrong, whatever follows'],
  'packages/server/src/bench/answer.ts': [1, 'headers'],
  'packages/server/src/bench/many.ts': [1, 'a number'],
  'packages/server/src/contacts/agent-store.ts': [1, 'a key to sort by, which nobody sees'],
  'packages/server/src/contacts/folded.ts': [1, 'a key to sort by, which nobody sees'],
  'packages/server/src/db/filter.ts': [2, 'dates'],
  'packages/server/src/errors.ts': [1, 'the name of a field'],
  'packages/server/src/files/attachments.ts': [1, 'before the extension'],
  'packages/server/src/files/s3-store.ts': [1, 'a key'],
  'packages/server/src/files/store.ts': [1, 'a key'],
  'packages/server/src/free-form.ts': [1, 'text of which only whole members are read'],
  'packages/server/src/http/assets.ts': [1, 'a hash'],
  'packages/server/src/http/charset.ts': [1, 'a table of single signs'],
  'packages/server/src/http/form-body.ts': [1, 'before the equals sign'],
  'packages/server/src/http/routed-url.ts': [1, 'before the question mark'],
  'packages/server/src/installation.ts': [1, 'a token'],
  'packages/server/src/pages/languages.ts': [1, 'the tag of a language'],
  'packages/server/src/probe.ts': [1, 'a date'],
  'packages/server/src/secrets.ts': [2, 'tokens and signatures'],
  'examples/chat/src/words.ts': [1, 'the tag of a language'],
};

const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, { ...ts.sys });
const files = config.fileNames.filter(
  (file) => /\/(packages|examples)\/[\w-]+\/src\//.test(file) && !/\.test\.tsx?$/.test(file),
);
const program = ts.createProgram(files, config.options);
const checker = program.getTypeChecker();
const found = new Map();

for (const file of files) {
  const source = program.getSourceFile(file);
  const visit = (node) => {
    if (isCut(node)) note(file, node, source);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const wrong = [...new Set([...found.keys(), ...Object.keys(allowed)])].filter(
  (file) => (found.get(file)?.length ?? 0) !== (allowed[file]?.[0] ?? 0),
);
for (const file of wrong)
  console.error(
    `${file}: ${allowed[file]?.[0] ?? 0} cuts of strings allowed, found:\n  ${(found.get(file) ?? []).join('\n  ')}`,
  );
if (wrong.length) {
  console.error(
    'Cut text of people with cut() of @hoory/contract, or @hoory/client; else add the file to scripts/check-cuts.mjs.',
  );
  process.exit(1);
}

function isCut(node) {
  if (ts.isTemplateHead(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return /\bsubstr\(/.test(node.text);
  if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return /\bsubstr\(/.test(node.text);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { expression, name } = node.expression;
  if (!['slice', 'substring', 'substr', 'charAt'].includes(name.text)) return false;
  const [from, to] = node.arguments.map((argument) => argument.getText());
  if (name.text === 'slice' && !(from === '0' && to !== undefined) && !from?.startsWith('-')) return false;
  const type = checker.getTypeAtLocation(expression);
  const types = type.isUnion() ? type.types : [type];
  return types.some(({ flags }) => flags & ts.TypeFlags.StringLike);
}

function note(file, node, source) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  const name = relative(root, file);
  const text = readFileSync(file, 'utf8').split('\n')[line].trim();
  found.set(name, [...(found.get(name) ?? []), `line ${line + 1}: ${text}`]);
}
