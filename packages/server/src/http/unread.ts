/** Refuses bodies of which nothing would be read: otherwise the sender would believe that they were. */
import { type Endpoint, own } from '@hoory/contract';
import { invalid } from '../errors.ts';
import type { Bag } from './read-input.ts';

/**
 * A field that the endpoint does not know is ignored beside one that it knows; alone it is refused, unless the endpoint says
 * that it ignores that field.
 * @throws invalid naming the fields
 */
export function refuseUnread(endpoint: Endpoint, body: Bag, query: Bag): void {
  const { files = {}, ignores = [] } = endpoint;
  if (!Object.keys(endpoint.body?.properties ?? files).length) return;
  const sent = Object.keys(body).filter((name) => !isBlank(body[name]));
  const [first] = sent;
  if (first === undefined) return;
  const knows = (name: string) =>
    Object.hasOwn(files, name) ||
    ignores.includes(name) ||
    [endpoint.body, endpoint.query, endpoint.params].some(
      (part) => part !== undefined && Object.hasOwn(part.properties, name),
    );
  if ([...Object.keys(body), ...Object.keys(query)].some(knows)) return;
  const named = sent.slice(0, 5).join(', ');
  throw invalid(first, `Nothing of the body could be read: ${named} is not a field here`);
}

const isBlank = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * Refuses what stands as text or JSON where only files count, such as a data URL in `attachments`.
 * @throws invalid naming the field
 */
export function refuseTextForFiles({ files, body }: Endpoint, bag: Bag): void {
  for (const field in files) {
    if (body !== undefined && Object.hasOwn(body.properties, field)) continue;
    const value = own(bag, field);
    const values = Array.isArray(value) ? value : [value];
    if (values.some((one) => one !== undefined && one !== null && one !== ''))
      throw invalid(field, `${field} must be sent as files of a multipart/form-data body`);
  }
}
