/** Values of custom attributes as what people edit, and back (application-api.md section 4.11). */
import type { CustomAttributeDefinition } from '@hoory/client';

export type Definition = Pick<
  CustomAttributeDefinition,
  'attribute_key' | 'attribute_display_name' | 'attribute_display_type' | 'attribute_values'
>;

/** As the server takes keys of definitions, for an input: letters of any script. */
export const keyPattern = '[\\p{L}\\p{M}\\p{N}_.\\-]+';

/** What a value is edited with. */
export type Editor = 'switch' | 'list' | 'date' | 'number' | 'link' | 'text';

const editors: Record<CustomAttributeDefinition['attribute_display_type'], Editor> = {
  text: 'text',
  number: 'number',
  currency: 'number',
  percent: 'number',
  link: 'link',
  date: 'date',
  list: 'list',
  checkbox: 'switch',
};

/** That of the definition, where it can show the value: one that was there before its definition is edited as text. */
export function editorOf(definition: Definition | undefined, value: unknown): Editor {
  const editor = definition ? editors[definition.attribute_display_type] : 'text';
  const text = toText(value);
  if (editor === 'switch' && !/^(true|false|1|0)?$/.test(text)) return 'text';
  if (editor === 'date' && text && !toDay(value)) return 'text';
  if (editor === 'list' && (!definition?.attribute_values.length || typeof value === 'object')) return 'text';
  return editor;
}

/** An attribute as text; empty when it has no value. */
export const toText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** YYYY-MM-DD, as an input for dates has it; empty for what begins with none. */
export const toDay = (value: unknown): string => /^\d{4}-\d\d-\d\d/.exec(toText(value))?.[0] ?? '';

export const isOn = (value: unknown): boolean => ['true', '1'].includes(toText(value));

/** What is chosen from: the values of the definition, and the present one where it is none of them. */
export function optionsOf(definition: Definition, value: unknown): { value: string | null; label: string }[] {
  const values = new Set([...definition.attribute_values, toText(value)].filter(Boolean));
  return [{ value: null, label: '–' }, ...[...values].map((one) => ({ value: one, label: one }))];
}

/** An attribute of an address may hold what is no web address, which must not become a link. */
export const toLink = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;

/**
 * What was typed, as it is stored. Numbers become numbers, and an empty one is cleared; without an editor of their own,
 * numbers, truth values and structures stay what they were where the text still reads as one.
 */
export function toValue(text: string, before: unknown, editor: Editor = 'text'): unknown {
  if (editor !== 'text') {
    const trimmed = text.trim();
    if (editor === 'number' && String(Number(trimmed)) === trimmed) return Number(trimmed);
    return trimmed || null;
  }
  if (before === undefined || before === null || typeof before === 'string') return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === typeof before ? value : text;
  } catch {
    return text;
  }
}
