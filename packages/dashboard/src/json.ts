/** Type predicates for JSON that is not typed by the contract: what this device has stored, and free-form fields. */

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
