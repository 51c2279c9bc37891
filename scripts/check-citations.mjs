/**
 * `npm run check:citations`: every document that a comment or a text cites is in the repository, and has the section that is
 * named. A bare name is a file of `docs/wire/`, of `docs/` or of the root, in this order; a link in Markdown starts at its file.
 * Every source that is named in backticks exists too, by its path from some folder.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const section = String.raw`(?:\d+|[A-Z]\b)(?:\.\d+)*(?![\w.]*\w)`;
/** `cable.md`, `cable.md D.3`, `cable.md parts A, B and D`, `client-api.md sections 5.2 to 5.4`. */
const citation = new RegExp(
  String.raw`(\]\()?([\w./-]*\w\.md)\b(?:\s+(?:(?:sections?|parts?)\s+)?(${section}(?:(?:,|\s+and|\s+to)\s+${section})*))?`,
  'g',
);
/** Declarations (`.d.ts`) are built. */
const namedSource = /`([\w./-]*\w(?<!\.d)\.(?:tsx?|mjs|cjs))`/g;
const sectionsOf = new Map();
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
})
  .toString()
  .split('\0')
  .filter(
    (file) => /\.(ts|tsx|mts|js|mjs|cjs|css|html|sql|md|ya?ml)$/.test(file) && existsSync(join(root, file)),
  );
/** Paths of all files, and what follows each of their slashes. */
const paths = new Set(
  files.flatMap((file) => file.split('/').map((_, at, parts) => parts.slice(at).join('/'))),
);
const faults = files.flatMap((file) => {
  // A citation may go on in the next line of its comment.
  const text = read(file).replaceAll(/\n[ \t]*(?:\*(?!\/)|\/\/|--|#|>)?/g, (end) => end.replace(/\S/g, ' '));
  return [...faultsOfSections(file, text), ...faultsOfSources(file, text)];
});

for (const fault of faults) console.error(fault);
if (faults.length) process.exit(1);

function faultsOfSections(file, text) {
  return [...text.matchAll(citation)].flatMap(([, link, name, list = '']) => {
    const found = (link ? [join(dirname(file), name)] : placesOf(file, name)).find((path) =>
      existsSync(join(root, path)),
    );
    if (!found) return [`${file}: there is no ${name}`];
    const missing = list.split(/,|\s+and\s|\s+to\s/).map((one) => one.trim());
    return missing
      .filter((one) => one && !headings(found).has(one))
      .map((one) => `${file}: ${found} has no section ${one}`);
  });
}

function faultsOfSources(file, text) {
  return [...text.matchAll(namedSource)]
    .map(([, name]) => name.replace(/^(\.{1,2}\/)+/, ''))
    .filter((name) => !paths.has(name))
    .map((name) => `${file}: there is no ${name}`);
}

function placesOf(file, name) {
  if (!name.includes('/')) return ['docs/wire', 'docs', '.'].map((folder) => join(folder, name));
  // Programs name a path from where they run.
  return [join(dirname(file), name), name.replace(/^(\.\.\/)+/, '')];
}

/** The numbers that headings begin with. */
function headings(file) {
  if (!sectionsOf.has(file))
    sectionsOf.set(
      file,
      new Set([...read(file).matchAll(/^#+ ([\dA-Z][\d.]*?)\.?(?= )/gm)].map(([, number]) => number)),
    );
  return sectionsOf.get(file);
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
