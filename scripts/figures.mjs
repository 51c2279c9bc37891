/**
 * `npm run check -- --figures`: how easy the sources are to read, in figures, beside their aims. Tests are not counted.
 * Ends with 1 when an aim is missed, and names what misses it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Looked up by name, never read from top to bottom: words of screens, columns, migrations. */
const isList = (path) => /\/(words|migrations)\/|\/db\/tables\.ts$|-words\.ts$/.test(path);

const files = execFileSync('git', ['ls-files', 'packages/*/src/*', 'examples/*/src/*'], { cwd: root })
  .toString()
  .trim()
  .split('\n')
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.d\.ts$/.test(path))
  .map(measure);

function measure(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const file = { path, lines: text.trimEnd().split('\n').length, functions: [], casts: 0, imports: [] };
  const commented = new Set();
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const name = node.name?.getText() ?? node.parent.name?.getText() ?? 'a callback';
      file.functions.push({ name, path, lines: lineOf(node.end) - lineOf(node.getStart()) + 1 });
    }
    if (ts.isAsExpression(node) && node.type.getText() !== 'const') file.casts++;
    const imported = importedValue(node);
    if (imported) file.imports.push(relative(root, join(root, dirname(path), imported)));
    for (const { pos, end } of commentsAt(text, node))
      for (let line = lineOf(pos); line <= lineOf(end); line++) commented.add(line);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return { ...file, comments: commented.size };
}

function commentsAt(text, node) {
  const leading = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return [...leading, ...(ts.getTrailingCommentRanges(text, node.end) ?? [])];
}

/** The file of this repository that an import or export reads values of; types leave nothing to load. */
function importedValue(node) {
  if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
  const from = node.moduleSpecifier?.text;
  const clause = node.importClause;
  const names = (clause?.namedBindings ?? node.exportClause)?.elements;
  const isTypeOnly =
    node.isTypeOnly ||
    clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (names?.length && !clause?.name && names.every((name) => name.isTypeOnly));
  return from?.startsWith('.') && !isTypeOnly ? from : undefined;
}

/** Files that import each other, as lists of paths: the strongly connected components (Tarjan 1972). */
function findCycles() {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const index = new Map();
  const low = new Map();
  const stack = [];
  const cycles = [];
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    for (const next of byPath.get(path).imports.filter((one) => byPath.has(one))) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path), low.get(next)));
    }
    if (low.get(path) < index.get(path)) return;
    const component = stack.splice(stack.indexOf(path));
    if (component.length > 1) cycles.push(component);
  };
  for (const { path } of files) if (!index.has(path)) visit(path);
  return cycles;
}

const total = (key) => files.reduce((sum, file) => sum + file[key], 0);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const longestFirst = (items) => items.toSorted((a, b) => b.lines - a.lines);
const fileNames = (items) => longestFirst(items).map(({ path, lines }) => `${path}: ${lines} lines`);
const functionNames = (items) =>
  longestFirst(items).map(({ path, name, lines }) => `${path}: ${name}, ${lines} lines`);
/** The script's own exit code tells whether its rule holds. */
const holds = (script) => {
  try {
    execFileSync(process.execPath, [join(root, 'scripts', script)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const functions = files.flatMap((file) => file.functions);
const longFiles = files.filter(({ path, lines }) => lines > 400 && !isList(path));
const longFunctions = functions.filter(({ lines }) => lines > 80);
const over40 = functions.filter(({ lines }) => lines > 40);
const cycles = findCycles();
const casts = (1000 * total('casts')) / total('lines');
const comments = (100 * total('comments')) / total('lines');
const medianFile = median(files.map(({ lines }) => lines));
const withCasts = files.filter((file) => file.casts).toSorted((a, b) => b.casts - a.casts);

/** Citations, expressions that are refused, and writers of tables. */
const brokenRules = ['check-citations.mjs', 'check-rules.mjs', 'check-writers.mjs'].filter(
  (name) => !holds(name),
);

/** What is measured, its value, its aim, whether it holds, and what misses it. */
const figures = [
  ['median file', `${medianFile} lines`, '70 lines', medianFile <= 70, []],
  ['files over 400 lines, lists aside', longFiles.length, 'none', !longFiles.length, fileNames(longFiles)],
  [
    'functions over 80 lines',
    longFunctions.length,
    'none',
    !longFunctions.length,
    functionNames(longFunctions),
  ],
  ['functions over 40 lines', over40.length, 'at most 30', over40.length <= 30, functionNames(over40)],
  ['cycles of imported values', cycles.length, 'none', !cycles.length, cycles.map((one) => one.join(', '))],
  [
    'casts in 1 000 lines',
    casts.toFixed(1),
    'at most 2',
    casts <= 2,
    withCasts.map((file) => `${file.path}: ${file.casts}`),
  ],
  ['lines with a comment', `${comments.toFixed(1)} %`, '8 to 15 %', comments >= 8 && comments <= 15, []],
  ['rules that do not hold', brokenRules.length, 'none', !brokenRules.length, brokenRules],
];

console.log(`${files.length} files, ${total('lines')} lines, ${functions.length} functions\n`);
for (const [name, value, aim, isMet, offenders] of figures) {
  console.log(`${isMet ? 'ok    ' : 'missed'}  ${name.padEnd(40)} ${String(value).padEnd(10)} aim: ${aim}`);
  if (isMet) continue;
  for (const offender of offenders) console.log(`          ${offender}`);
  process.exitCode = 1;
}
