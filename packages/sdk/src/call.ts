/** One call of an endpoint: input goes into the path, the rest into the query or the body. */
import type { Http } from './http.ts';
import {
  type FetchResponse,
  type FileLike,
  type FormLike,
  host,
  type Send,
  type SignalLike,
} from './platform.ts';

export interface CallOptions {
  signal?: SignalLike;
  /** Milliseconds. */
  timeout?: number;
  /** Makes a POST safe to repeat for 24 hours; must be hard to guess. */
  idempotencyKey?: string;
  /** Files by field name, one or a list; the call then is `multipart/form-data`. */
  files?: Record<string, FileLike | readonly FileLike[]>;
  /** Sends the request instead of `fetch`. */
  send?: Send;
  /** Called with the headers of a successful answer; browsers show only those that CORS exposes. */
  received?: (headers: FetchResponse['headers']) => void;
}

/**
 * Calls the endpoint at `path`, whose `{name}` parameters are taken from `input`; the other fields become the query, the body or the
 * form. Returns the parsed body, which is trusted to be what the contract says of the endpoint. Throws `HooryError`.
 */
export async function call<Answer>(
  http: Http,
  [method, path]: readonly [method: string, path: string],
  input: object = {},
  { files, idempotencyKey, ...options }: CallOptions = {},
): Promise<Answer> {
  const rest: Record<string, unknown> = { ...input };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const answer = await http({
    ...options,
    method,
    path: filled,
    ...(method === 'GET' ? { query: rest } : files ? { form: toForm(rest, files) } : { body: rest }),
    ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKey } }),
  });
  return answer as Answer;
}

function toForm(fields: Record<string, unknown>, files: NonNullable<CallOptions['files']>): FormLike {
  const form = new host.FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  for (const [name, value] of Object.entries(files)) {
    if (!isList(value)) append(form, name, value);
    else for (const file of value) append(form, `${name}[]`, file);
  }
  return form;
}

function append(form: FormLike, name: string, file: FileLike): void {
  // React Native's `{ uri, name, type }` carries its own name and takes no third argument.
  if ('uri' in file) form.append(name, file);
  else form.append(name, file, file.name ?? 'file');
}

function isList(value: FileLike | readonly FileLike[]): value is readonly FileLike[] {
  return Array.isArray(value);
}
