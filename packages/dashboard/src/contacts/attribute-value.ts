/** Converts values of custom attributes into what people edit, and back (application-api.md section 4.11). */
import type { CustomAttributeDefinition } from '@hoory/client';

/** A contact or conversation with more attributes shows so many, and a search field. */
export const MAX_AT_A_GLANCE = 20;

/** The parts of a definition that decide how a value is edited. */
export type Definition = Pick<
  CustomAttributeDefinition,
  'attribute_key' | 'attribute_display_name' | 'attribute_display_type' | 'attribute_values'
>;

/** The keys that the server accepts, as the `pattern` of an input: letters of any script. */
export const keyPattern = '[\\p{L}\\p{M}\\p{N}_.\\-]+';

/** How a value is edited. */
export type Editor = 'switch' | 'list' | 'date' | 'number' | 'link' | 'text';

/** The editor of each type of definition. */
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

/**
 * The editor of the definition, if it can show the value. A value that is older than its definition may have any type and
 * is then edited as text.
 */
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

/** `YYYY-MM-DD` for a date input; empty when the value does not begin with a date. */
export const toDay = (value: unknown): string => /^\d{4}-\d\d-\d\d/.exec(toText(value))?.[0] ?? '';

/** Whether a checkbox is ticked. Other clients store 1 or text. */
export const isOn = (value: unknown): boolean => ['true', '1'].includes(toText(value));

/** The values of the definition, and the current one if it is not among them: it must not vanish by opening the select. */
export function optionsOf(definition: Definition, value: unknown): { value: string | null; label: string }[] {
  const values = new Set([...definition.attribute_values, toText(value)].filter(Boolean));
  return [{ value: null, label: '–' }, ...[...values].map((one) => ({ value: one, label: one }))];
}

/** The address of a link; undefined for anything but http and https, so that `javascript:` never becomes a link. */
export const toLink = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;

/**
 * Converts typed text into the value to store. A number field gives a number, an empty field null. Without an editor of
 * its own, a number, boolean or structure keeps its type as long as the text still parses as one.
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
