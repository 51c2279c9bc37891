/** The paths and methods at which Fastify serves an endpoint of the contract. */
import type { Endpoint } from '@hoory/contract';

/** PATCH endpoints answer to PUT as well. */
export const methodsOf = ({ method }: Endpoint): string[] =>
  method === 'PATCH' ? ['PATCH', 'PUT'] : [method];

/** `{name}` becomes `:name`; the Client API also answers under the newer words (client-api.md section 9). */
export const pathsOf = ({ path, aliases = [] }: Endpoint): string[] =>
  [path, ...aliases].flatMap(withNewerWords);

function withNewerWords(path: string): string[] {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
  if (!url.startsWith('/public/api/v1/inboxes')) return [url];
  return ['inboxes', 'channels']
    .map((word) => url.replace('/inboxes', `/${word}`))
    .flatMap((spelling) =>
      spelling.includes('/contacts') ? [spelling, spelling.replace('/contacts', '/customers')] : [spelling],
    );
}
