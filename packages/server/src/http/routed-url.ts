/** Normalizes the address of a request before its route is found. */

interface RequestLine {
  url?: string | undefined;
}

const endedInJson = new WeakSet<RequestLine>();

/** Whether the path of a request ended in `.json` before `toRoutedUrl`. */
export const wasEndedInJson = (request: RequestLine): boolean => endedInJson.has(request);

/** Several slashes in a row count as one (client-api.md section 1). The query stays as it is. */
export function withSingleSlashes(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') + url.slice(path.length) : url;
}

/**
 * Drops `.json` at the end of an API path, and doubled slashes anywhere in it. The mark on the request lets a session whose
 * `source_id` really ends in `.json` be found first.
 */
export function toRoutedUrl(request: RequestLine): string {
  const url = withSingleSlashes(request.url ?? '/');
  if (!url.includes('.json')) return url;
  const [path = '/', ...query] = url.split('?');
  if (!/^\/(public|api|auth)\/.*\.json\/?$/.test(path)) return url;
  endedInJson.add(request);
  return [path.replace(/\.json\/?$/, ''), ...query].join('?');
}
