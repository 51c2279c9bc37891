/** Printing answers by the contract's schemas, which leaves out what is not in them. */

type Print = (answer: unknown) => string;

const known = new WeakMap<object, Print>();

/** Makes a schema's printer at its first answer: a start makes none of the many that nobody asks for. */
export async function printerOf(schema: object): Promise<Print> {
  const made = known.get(schema);
  if (made) return made;
  const { default: fastJson } = await import('fast-json-stringify');
  const print: Print = fastJson(schema as Parameters<typeof fastJson>[0]);
  known.set(schema, print);
  return print;
}
