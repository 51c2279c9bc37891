/**
 * Writes the client's declarations so that they stand alone: the contract's types are made of schemas, so `wire.ts`,
 * the one file that names the contract, is replaced by the same types written out, and then all files become one.
 */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const sdk = join(root, 'packages/sdk');

/** Adds `index.d.ts` and `index.d.cts` to the folder `outDir`. */
export async function writeDeclarations(outDir) {
  const copy = join(sdk, `.declarations-${process.pid}`);
  try {
    mkdirSync(copy);
    cpSync(join(sdk, 'src'), join(copy, 'src'), {
      recursive: true,
      filter: (file) => !/\.test\.ts$/.test(file),
    });
    writeFileSync(join(copy, 'src/wire.ts'), writeOut(join(sdk, 'src/wire.ts')));
    await build({
      config: false,
      cwd: copy,
      entry: 'src/index.ts',
      outDir,
      clean: false,
      tsconfig: join(root, 'tsconfig.json'),
      format: 'esm',
      fixedExtension: false,
      platform: 'neutral',
      dts: { emitDtsOnly: true, resolver: 'tsc', sourcemap: false },
      logLevel: 'error',
      report: false,
    });
    copyFileSync(join(outDir, 'index.d.ts'), join(outDir, 'index.d.cts'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A module with the same exported types as `file`, in plain TypeScript. */
export function writeOut(file) {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, { ...ts.sys });
  const program = ts.createProgram([file], config.options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const exported = checker.getExportsOfModule(module).map((symbol) => ({
    name: symbol.name,
    type: checker.getDeclaredTypeOfSymbol(
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    ),
    docs: docsOf(symbol, checker),
  }));
  const writer = createWriter(checker);
  for (const { name, type } of exported) writer.name(type, name);
  return exported
    .map(({ name, type, docs }) => `${docs}export type ${name} = ${writer.definition(type)};\n`)
    .join('\n');
}

function docsOf(symbol, checker) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const text = ts.displayPartsToString(target.getDocumentationComment(checker));
  return text ? `/** ${text} */\n` : '';
}

/** Writes types out in full, except that a type with a name is called by it wherever else it occurs. */
function createWriter(checker) {
  const texts = new Map();
  const names = new Map();

  /** In full, down to the last property. */
  const inFull = (type) => {
    if (!texts.has(type)) texts.set(type, write(type, inFull));
    return texts.get(type);
  };
  const byName = (type) => names.get(inFull(type)) ?? write(type, byName);

  const write = (type, inner) => {
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) return [...new Set(membersOf(type).map(inner))].sort().join(' | ');
    if (checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type).map(inner);
      return `${type.target.readonly ? 'readonly ' : ''}[${items.join(', ')}]`;
    }
    if (checker.isArrayType(type)) {
      const list = type.symbol.name === 'ReadonlyArray' ? 'readonly ' : '';
      return `${list}(${inner(checker.getTypeArguments(type)[0])})[]`;
    }
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return writeObject(type, inner);
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  };

  const writeObject = (type, inner) => {
    const indexes = checker.getIndexInfosOfType(type).map((info) => {
      return `[key: ${checker.typeToString(info.keyType)}]: ${inner(info.type)}`;
    });
    const properties = checker.getPropertiesOfType(type).map((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
      return `${JSON.stringify(property.name)}${optional}: ${inner(checker.getTypeOfSymbol(property))}`;
    });
    const members = [...indexes, ...properties];
    return members.length ? `{ ${members.join('; ')} }` : '{}';
  };

  /** `true | false` inside a wider union is one word again. */
  const membersOf = (type) => {
    const isBoolean = (member) => member.flags & ts.TypeFlags.BooleanLiteral;
    const booleans = type.types.filter(isBoolean);
    if (booleans.length < 2) return type.types;
    return [...type.types.filter((member) => !isBoolean(member)), checker.getBooleanType()];
  };

  return {
    name: (type, name) => {
      const text = inFull(type);
      // A short type says more than its name, and several names may stand for the same words.
      if (text.length > 30 && !names.has(text)) names.set(text, name);
    },
    definition: (type) => write(type, byName),
  };
}
