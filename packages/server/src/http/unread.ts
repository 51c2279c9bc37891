/** Refuses a body of which nothing would be read, so that the sender does not believe it was accepted. */
import { type Endpoint, own } from '@hoory/contract';
import { invalid } from '../errors.ts';
import type { Fields } from './read-input.ts';

/**
 * An unknown field is ignored when the body has a known field too. A body of unknown fields only is refused, unless the endpoint
 * lists the field as ignored.
 * @throws invalid naming the fields
 */
export function refuseUnread(endpoint: Endpoint, body: Fields, query: Fields): void {
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
 * Refuses text or JSON in a field that accepts only files, such as a data URL in `attachments`.
 * @throws invalid naming the field
 */
export function refuseTextForFiles({ files, body }: Endpoint, fields: Fields): void {
  for (const field in files) {
    if (body !== undefined && Object.hasOwn(body.properties, field)) continue;
    const value = own(fields, field);
    const values = Array.isArray(value) ? value : [value];
    if (values.some((one) => one !== undefined && one !== null && one !== ''))
      throw invalid(field, `${field} must be sent as files of a multipart/form-data body`);
  }
}
