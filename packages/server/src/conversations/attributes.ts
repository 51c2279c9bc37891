/** Values that custom attributes of conversations may hold. */
import { invalid } from '../errors.ts';

/** Limits of attribute values on conversations (client-api.md section 3). @throws invalid */
export function checkAttributes(attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const isLong = typeof value === 'string' && value.length > 1500;
    const isLarge = typeof value === 'number' && Number.isInteger(value) && value > 9_999_999_999;
    if (isLong || isLarge)
      throw invalid('custom_attributes', `Custom attributes ${name} is too ${isLong ? 'long' : 'large'}`);
  }
}
