/**
 * `npm run check:rules`: what neither the compiler nor the linter can say. Each rule finds expressions by their types and
 * refuses them, unless their file stands in its list with their number and the reason why they are right.
 */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

const cuts = {
  advice: 'Cut text of people with cut() of @hoory/contract, or @hoory/client.',
  finds: isCut,
  allowed: {
    'packages/contract/src/text.ts': [2, 'cut() itself'],
    'packages/chaos/src/system/child.ts': [1, 'the output of a program'],
    'packages/dashboard/src/conversations/composer/completion.ts': [2, 'up to the caret'],
    'packages/dashboard/src/conversations/composer/trigger.ts': [2, 'up to the caret'],
    'packages/dashboard/src/live/outbox.ts': [1, 'an id'],
    'packages/dashboard/src/ui/request-id.tsx': [1, 'an id'],
    'packages/dashboard/src/webhooks/replay-span.tsx': [1, 'a date'],
    'packages/dashboard/src/words/time.ts': [1, 'the name of a day, by the browser'],
    'packages/sdk/src/text/links.ts': [1, 'the end of an address'],
    'packages/server/src/auth/authenticate.ts': [1, 'a hash'],
    'packages/server/src/auth/password.ts': [1, 'longer passwords are wrong, whatever follows'],
    'packages/server/src/bench/all.ts': [1, 'a date'],
    'packages/server/src/bench/answer.ts': [1, 'headers'],
    'packages/server/src/bench/many.ts': [1, 'a number'],
    'packages/server/src/contacts/folded-columns.ts': [1, 'a key to sort by, which nobody sees'],
    'packages/server/src/db/filter.ts': [2, 'dates'],
    'packages/server/src/db/program-output.ts': [1, 'output of a program'],
    'packages/server/src/errors.ts': [1, 'the name of a field'],
    'packages/server/src/files/attachments.ts': [1, 'before the extension'],
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
  },
};

const lookups = {
  advice: 'Look up a word that somebody sent with own() of @hoory/contract, or in a Map.',
  finds: isLookup,
  allowed: {
    'examples/chat/src/words.ts': [1, 'a language of which we have words'],
    'packages/contract/src/components.ts': [3, 'names in our schemas'],
    'packages/contract/src/openapi.ts': [5, 'paths and fields of our endpoints'],
    'packages/contract/src/own.ts': [1, 'own() itself'],
    'packages/sdk/src/cable/subscription.ts': [1, 'ids of streams, from the server'],
    'packages/sdk/src/call.ts': [2, 'fields of a call'],
    'packages/sdk/src/conversation/directory.ts': [2, 'keys of our own making'],
    'packages/sdk/src/text/inline.ts': [1, 'marks, none of which is a word'],
    'packages/server/src/auth/authenticate-user.ts': [1, 'names of headers'],
    'packages/server/src/config.ts': [2, 'names of settings'],
    'packages/server/src/db/row-functions.ts': [1, 'columns'],
    'packages/server/src/events/feed-start.ts': [1, 'streams, by a cursor that we signed'],
    'packages/server/src/events/feed.ts': [1, 'streams, by our database'],
    'packages/server/src/http/print.ts': [2, 'fields of our schemas'],
    'packages/server/src/http/input-faults.ts': [1, 'fields of our schemas'],
    'packages/server/src/http/read-input.ts': [2, 'fields of our schemas'],
    'packages/server/src/http/unread.ts': [1, 'own keys'],
    'packages/server/src/http/operator.ts': [1, 'names of headers'],
    'packages/server/src/doctor/proxy/responses.ts': [1, 'names of headers'],
    'packages/server/src/conversation-lists/list.ts': [2, 'names of places in a statement'],
    'packages/server/src/webhooks/payloads.ts': [4, 'own keys'],
  },
};

const texts = {
  advice: 'Read a text or number that somebody sent with findText() of text.ts.',
  finds: isText,
  allowed: {
    'packages/server/src/auth/sign-ins.ts': [1, 'a header'],
    'packages/server/src/bench/child.ts': [1, 'an error'],
    'packages/server/src/cli.ts': [1, 'an error'],
    'packages/server/src/contacts/events.ts': [1, 'a column'],
    'packages/server/src/db/postgres/pipeline.ts': [2, 'values of columns'],
    'packages/server/src/db/postgres/migrate.ts': [1, 'a column'],
    'packages/server/src/db/sqlite/migrate.ts': [1, 'a pragma'],
    'packages/server/src/db/sqlite/snapshot.ts': [1, 'a pragma'],
    'packages/server/src/db/sqlite/inspect.ts': [5, 'pragmas'],
    'packages/server/src/files/fetch.ts': [1, 'a header'],
    'packages/server/src/http/assets.ts': [1, 'a path'],
    'packages/server/src/http/compress.ts': [1, 'a header'],
    'packages/server/src/http/print.ts': [1, 'a value of an answer'],
    'packages/server/src/http/read-input.ts': [2, 'no object, as the lines before ask'],
    'packages/server/src/http/server.ts': [1, 'a method'],
    'packages/server/src/messages/liquid.ts': [2, 'a rendered text, and digits'],
    'packages/server/src/pages/docs.ts': [2, 'our own templates'],
    'packages/server/src/messages/update.ts': [1, 'a column'],
    'packages/server/src/messages/wire.ts': [1, 'a stored text or number'],
  },
};

const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, { ...ts.sys });
const files = config.fileNames.filter(
  (file) => /\/(packages|examples)\/[\w-]+\/src\//.test(file) && !/\.test\.tsx?$/.test(file),
);
const program = ts.createProgram(files, config.options);
const checker = program.getTypeChecker();
let isWrong = false;

for (const { advice, finds, allowed } of [cuts, lookups, texts]) {
  const found = new Map();
  for (const file of files) {
    const source = program.getSourceFile(file);
    const visit = (node) => {
      if (finds(node)) note(found, node, source);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  const wrong = [...new Set([...found.keys(), ...Object.keys(allowed)])].filter(
    (file) => (found.get(file)?.length ?? 0) !== (allowed[file]?.[0] ?? 0),
  );
  for (const file of wrong)
    console.error(
      `${file}: ${allowed[file]?.[0] ?? 0} allowed, found:\n  ${(found.get(file) ?? []).join('\n  ')}`,
    );
  if (!wrong.length) continue;
  console.error(`${advice} Else change the rule's list in scripts/check-rules.mjs.\n`);
  isWrong = true;
}
if (isWrong) process.exit(1);

/**
 * `slice(0, …)`, `slice(-…)`, `substring`, `substr` or `charAt` of a string, and any `substr` in SQL: a cut between
 * characters as people see them is `cut()`.
 */
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

/** `table[word]` that is read, and `word in table`, with any text for a word. */
function isLookup(node) {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword)
    return isAnyText(node.left);
  if (!ts.isElementAccessExpression(node) || isAssigned(node) || !isAnyText(node.argumentExpression))
    return false;
  const type = checker.getTypeAtLocation(node.expression);
  return !checker.isArrayLikeType(type) && !(type.flags & ts.TypeFlags.StringLike);
}

function isAssigned(node) {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    parent.left === node
  );
}

function isAnyText(node) {
  const { flags } = checker.getTypeAtLocation(node);
  return Boolean(flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.Any));
}

/** `String(value)` and `Number(value)` in the server: they throw for an object whose `toString` is no function. */
function isText(node) {
  return (
    node.getSourceFile().fileName.includes('/packages/server/src/') &&
    ts.isCallExpression(node) &&
    /^(String|Number)$/.test(node.expression.getText()) &&
    node.arguments.length === 1 &&
    mayBeObject(node.arguments[0])
  );
}

function mayBeObject(node) {
  const type = checker.getTypeAtLocation(node);
  const types = type.isUnion() ? type.types : [type];
  const { Unknown, Any, NonPrimitive, Object: Objects } = ts.TypeFlags;
  return types.some(({ flags }) => flags & (Unknown | Any | NonPrimitive | Objects));
}

function note(found, node, source) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  const name = relative(root, source.fileName);
  const text = source.text.split('\n')[line].trim();
  found.set(name, [...(found.get(name) ?? []), `line ${line + 1}: ${text}`]);
}
