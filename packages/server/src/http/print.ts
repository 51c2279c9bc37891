/**
 * Prints responses as JSON by the contract's schemas, without keys that the schema lacks. A schema becomes generated functions of
 * plain concatenation, one for each kind of object. An object that is in a response several times in a row, such as the sender
 * of many messages, is printed once. With fast-json-stringify the last 20 messages (B6) cost the server 7 % more; printing the
 * repeated object each time, 6 % more.
 */

type Print = (answer: unknown) => string;

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
}

const known = new WeakMap<object, Print>();

/**
 * The printer of a schema, generated at its first response, so that a start generates none. The printer throws an Error when a
 * required key is missing or no branch of a union matches: the verb that made the answer has a bug.
 */
export function printerOf(schema: Schema): Print {
  let print = known.get(schema);
  if (!print) {
    print = compile(schema);
    known.set(schema, print);
  }
  return print;
}

/** The generated functions: their names by what they print, and their sources. */
interface Written {
  names: Map<string, string>;
  sources: string[];
}

function compile(schema: Schema): Print {
  const written: Written = { names: new Map(), sources: [] };
  const text = printed(written, schema, 'answer');
  const objects = [...written.names.values()].filter((name) => name.startsWith('object'));
  const forget = objects.map((name) => `${name}_last = ${name}_text = undefined;`).join(' ');
  const source = `${written.sources.join('\n')}
    return (answer) => { try { return ${text} } finally { ${forget} } };`;
  return new Function(...Object.keys(tools), source)(...Object.values(tools)) as Print;
}

/** The expression that prints the expression `value`, which must have no side effects. */
function printed(written: Written, schema: Schema, value: string): string {
  if (schema.anyOf) return `${union(written, schema.anyOf)}(${value})`;
  if (schema.const !== undefined) return JSON.stringify(JSON.stringify(schema.const));
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== 'null');
    const [type] = types;
    if (!type || types.length > 1) return `textOf(${value})`;
    return `(${value} === null ? 'null' : ${printed(written, { ...schema, type }, value)})`;
  }
  switch (schema.type) {
    case 'string':
      return schema.enum ? `word(${value}, ${words(written, schema.enum)})` : `quoted(${value})`;
    case 'integer':
    case 'number':
      return `numeral(${value})`;
    case 'boolean':
      return `(${value} ? 'true' : 'false')`;
    case 'null':
      return `'null'`;
    case 'array':
      return `${array(written, schema.items ?? {})}(${value})`;
    case 'object':
      return isFree(schema) ? `textOf(${value})` : `${object(written, schema)}(${value})`;
    default:
      return `textOf(${value})`;
  }
}

/** The name of a table from words to their JSON texts, whose characters need not be checked. */
function words(written: Written, list: unknown[]): string {
  return nameOf(written, 'words', list, (name) => {
    const texts = list.map((word) => [word, JSON.stringify(word)]);
    return `const ${name} = new Map(${JSON.stringify(texts)});`;
  });
}

/** Objects whose keys the caller chooses, which are printed as they are. */
const isFree = ({ properties, additionalProperties }: Schema) =>
  additionalProperties !== false && !properties;

function nameOf(written: Written, kind: string, of: unknown, write: (name: string) => string): string {
  const key = `${kind} ${JSON.stringify(of)}`;
  let name = written.names.get(key);
  if (!name) {
    name = `${kind}${written.names.size}`;
    written.names.set(key, name);
    written.sources.push(write(name));
  }
  return name;
}

function object(written: Written, { properties = {}, required = [] }: Schema): string {
  return nameOf(written, 'object', { properties, required }, (name) => {
    const lines = Object.entries(properties).map(([key, schema], index) => {
      const start = JSON.stringify(`${index ? ',' : ''}${JSON.stringify(key)}:`);
      const add = `text += ${start} + ${printed(written, schema, 'value')};`;
      const otherwise = required.includes(key) ? `else throw missing(${JSON.stringify(key)});` : '';
      return `value = from[${JSON.stringify(key)}]; if (value !== undefined) { ${add} } ${otherwise}`;
    });
    // When the first key is optional, the text may begin with the comma of a later key.
    const [first = ''] = Object.keys(properties);
    const whole = required.includes(first) ? 'text' : `text.replace(/^,/, '')`;
    return `let ${name}_last, ${name}_text;
    function ${name}(from) {
      if (from === ${name}_last) return ${name}_text;
      let text = '', value;
      ${lines.join('\n')}
      text = '{' + ${whole} + '}';
      ${name}_last = from;
      return ${name}_text = text;
    }`;
  });
}

function array(written: Written, items: Schema): string {
  return nameOf(
    written,
    'array',
    items,
    (name) => `function ${name}(from) {
      let text = '[';
      for (let index = 0; index < from.length; index++) {
        const value = from[index];
        text += (index ? ',' : '') + ${printed(written, items, 'value')};
      }
      return text + ']';
    }`,
  );
}

/** The first matching branch prints. A key whose words differ in all branches decides, else the keys of the object. */
function union(written: Written, branches: Schema[]): string {
  const telling = tellingKey(branches);
  return nameOf(written, 'union', branches, (name) => {
    const lines = branches.map(
      (branch) => `if (${fits(branch, telling)}) return ${printed(written, branch, 'from')};`,
    );
    return `function ${name}(from) { ${lines.join('\n')} throw unlike(); }`;
  });
}

function tellingKey(branches: Schema[]): string | undefined {
  const objects = branches.filter(({ type }) => type === 'object');
  return Object.keys(objects[0]?.properties ?? {}).find((key) => {
    const words = objects.map(({ properties }) => wordsOf(properties?.[key]));
    return words.every((some) => some.length) && new Set(words.flat()).size === words.flat().length;
  });
}

const wordsOf = (schema: Schema | undefined): unknown[] =>
  schema?.const !== undefined ? [schema.const] : (schema?.enum ?? []);

/** The expression of whether `from` matches this branch. */
function fits(branch: Schema, telling: string | undefined): string {
  if (branch.anyOf) return 'true';
  if (branch.type === 'null') return 'from === null';
  if (branch.type === 'array') return 'Array.isArray(from)';
  if (branch.type !== 'object') return `typeof from === ${JSON.stringify(branch.type)}`;
  const isObject = `typeof from === 'object' && from !== null && !Array.isArray(from)`;
  const is =
    telling === undefined
      ? `hasShape(from, ${JSON.stringify([branch.required ?? [], Object.keys(branch.properties ?? {})])})`
      : `${JSON.stringify(wordsOf(branch.properties?.[telling]))}.includes(from[${JSON.stringify(telling)}])`;
  return `${isObject} && ${is}`;
}

function hasShape(from: object, [required, properties]: [string[], string[]]): boolean {
  return (
    required.every((key) => Object.hasOwn(from, key)) &&
    Object.keys(from).every((key) => properties.includes(key))
  );
}

/** Characters that JSON must escape, and lone surrogates, which it should. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters.
const special = /[\u0000-\u001f"\\\ud800-\udfff]/;

const quoted = (value: unknown): string =>
  typeof value === 'string' && !special.test(value) ? `"${value}"` : textOf(String(value));

const word = (value: unknown, texts: Map<unknown, string>): string => texts.get(value) ?? quoted(value);

const numeral = (value: unknown): string => (Number.isFinite(value) ? `${value}` : textOf(value));

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null';

const missing = (key: string) => new Error(`An answer has no ${key}`);

const unlike = () => new Error('An answer fits no branch of its union');

/** Functions that the generated ones call. */
const tools = { quoted, word, numeral, textOf, hasShape, missing, unlike };
