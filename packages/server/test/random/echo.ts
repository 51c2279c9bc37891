/** The fields of a request that its answer must repeat as they were sent. */

type Spelling = (sent: string) => string;

const asWord: Spelling = (text) => text.trim().normalize('NFC');
const inLowerCase: Spelling = (text) => asWord(text).toLowerCase();

/** Fields that the contract stores in a spelling of its own, by the operations that take them. */
const spellings: [operations: RegExp, field: string, spell: Spelling][] = [
  [/./, 'email', inLowerCase],
  [/CannedResponse$/, 'short_code', asWord],
  [/Team$/, 'name', inLowerCase],
  [/Label$/, 'title', (text) => inLowerCase(text.normalize('NFKC')).replaceAll(/\s+/g, '-')],
];

/** Kept without blanks around them (application-api.md section 1). */
const trimmed = new Set(['name', 'description', 'domain', 'color']);

/** Fields of the answer that differ from what was sent under their name, by name; empty when nothing changed. */
export function changedFields(operation: string, sent: Record<string, unknown>, answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return [];
  const shown = answer as Record<string, unknown>;
  const inner = Object.hasOwn(shown, 'payload') ? changedFields(operation, sent, shown.payload) : [];
  return [
    ...inner,
    ...Object.entries(sent).flatMap(([name, value]) => {
      if (!Object.hasOwn(shown, name) || typeof value !== 'string' || typeof shown[name] !== 'string')
        return [];
      const spelling = spellings.find(([operations, field]) => field === name && operations.test(operation));
      const plain = trimmed.has(name) ? value.trim() : value;
      const wanted = spelling ? spelling[2](value) : plain;
      const found = trimmed.has(name) ? shown[name].trim() : shown[name];
      return wanted === found
        ? []
        : [`${name}: ${JSON.stringify(value.slice(0, 60))} -> ${JSON.stringify(shown[name].slice(0, 60))}`];
    }),
  ];
}
