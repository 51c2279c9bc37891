/** Random requests to every endpoint of the contract, mostly with ids that earlier answers have given. */
import { agentApi, clientApi, type Endpoint } from '@hoory/contract';
import qs from 'qs';
import type { Random } from '../../src/bench/growth/random.ts';
import { objectOf, oddValue, type Schema } from './values.ts';

export interface RandomRequest {
  name: string;
  endpoint: Endpoint;
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | FormData | undefined;
  /** The fields of a JSON body as they were sent; undefined for any other body. */
  sent: Record<string, unknown> | undefined;
}

export interface Credentials {
  access_token: string;
}

/** They end what the run itself signs in with. */
const leftOut = new Set(['resetAccessToken', 'agentDeleteAgent', 'agentUpdateAgent', 'signOut']);
const endpoints = Object.entries({ ...clientApi, ...agentApi } as Record<string, Endpoint>).filter(
  ([name]) => !leftOut.has(name),
);

/** Ids by the path they stand behind, or by the name of the parameter that takes them. */
export class Known {
  readonly #ids = new Map<string, unknown[]>();

  add(key: string, id: unknown): void {
    const ids = this.#ids.get(key) ?? [];
    this.#ids.set(key, ids);
    if (ids.push(id) > 40) ids.shift();
  }

  pick(keys: readonly string[], random: Random): unknown {
    const known = keys.map((key) => this.#ids.get(key)).find((ids) => ids?.length);
    return known && random.pick(known);
  }

  /** Remembers the ids of an answer, at its top and in the lists and objects right below. */
  learn({ path, params }: Endpoint, answer: unknown, levels = 3): void {
    if (levels === 0 || typeof answer !== 'object' || answer === null) return;
    if (Array.isArray(answer)) {
      for (const one of answer.slice(0, 5)) this.learn({ path, params } as Endpoint, one, levels);
      return;
    }
    const fields = answer as Record<string, unknown>;
    const place = path.replace(/\/(\{\w+\}|filter|search)$/, '');
    if (fields.id !== undefined) this.add(place, fields.id);
    for (const name of ['source_id', 'inbox_identifier', 'uuid'])
      if (typeof fields[name] === 'string') this.add(name, fields[name]);
    for (const inner of Object.values(fields)) this.learn({ path, params } as Endpoint, inner, levels - 1);
  }
}

const otherNames: Record<string, string> = { contact_identifier: 'source_id', conversation_uuid: 'uuid' };

/** Puts ids into a path: known ones, small numbers, or anything. */
function fill(path: string, known: Known, random: Random, fixed: Record<string, unknown>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string, at: number) => {
    // An empty id would name the list.
    if (random.chance(0.03)) return encodeURIComponent(safe(oddValue(random)) || ' ');
    if (fixed[name] !== undefined && random.chance(0.98)) return String(fixed[name]);
    const place = path.slice(0, at - 1);
    const id = known.pick([otherNames[name] ?? name, place], random) ?? 1 + random.below(8);
    return encodeURIComponent(String(id));
  });
}

const safe = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed().slice(0, 500);

const jsonTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/vnd.api+json',
];

export function randomRequest(
  random: Random,
  known: Known,
  given: { account_id: number; callers: readonly Credentials[] },
): RandomRequest {
  const [name, endpoint] = random.pick(endpoints);
  const path = fill(endpoint.path, known, random, { account_id: given.account_id });
  const query = endpoint.query ? objectOf(endpoint.query as Schema, random) : {};
  if ('wait' in query) query.wait = random.pick(['0', 'x', -1, 99]);
  const search = qs.stringify(query, {
    encodeValuesOnly: true,
    encoder: (text) => encodeURIComponent(safe(text)),
  });
  const method = endpoint.method === 'PATCH' && random.chance(0.2) ? 'PUT' : endpoint.method;
  const headers: Record<string, string> = {};
  if (!['none', 'session'].includes(endpoint.auth) && random.chance(0.97))
    headers.api_access_token = random.pick(given.callers).access_token;
  if (random.chance(0.03)) headers['idempotency-key'] = random.pick(['a', 'b', 'c'.repeat(300)]);
  if (random.chance(0.02))
    headers['content-encoding'] = random.pick(['gzip', 'br', 'deflate', 'constructor']);
  const request = { name, endpoint, method, path: search ? `${path}?${search}` : path, headers };
  return { ...request, ...bodyOf(endpoint, random, headers) };
}

/** Sets the type of the body among the headers. */
function bodyOf(
  endpoint: Endpoint,
  random: Random,
  headers: Record<string, string>,
): Pick<RandomRequest, 'body' | 'sent'> {
  const { body: schema, files, root } = endpoint;
  if (random.chance(0.03)) return { body: garbage(random, headers), sent: undefined };
  if (!schema && !files) return { body: undefined, sent: undefined };
  const fields = objectOf((schema ?? {}) as Schema, random);
  const kind = random.below(10);
  if (kind === 0) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    return {
      body: qs.stringify(fields, { encoder: (text) => encodeURIComponent(safe(text)) }),
      sent: undefined,
    };
  }
  if (kind === 1 || (files && kind < 5)) return { body: formOf(fields, files, random), sent: undefined };
  headers['content-type'] = random.chance(0.9) ? 'application/json' : random.pick(jsonTypes);
  const isNested = root !== undefined && random.chance(0.3);
  return { body: JSON.stringify(isNested ? { [root]: fields } : fields), sent: fields };
}

function formOf(fields: object, files: Endpoint['files'], random: Random): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    form.append(
      name.toWellFormed(),
      typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value),
    );
  for (const field of Object.keys(files ?? { constructor: 1 }))
    if (random.chance(0.6)) {
      const type = random.pick(['image/png', 'audio/webm;codecs=opus', 'text/plain', '', 'constructor']);
      const name = random.pick([field, `${field}[]`, 'toString[]']);
      form.append(name, new Blob([random.pick(contents)], { type }), random.pick(fileNames));
    }
  return form;
}

const contents = [
  '',
  'text',
  '\u0089PNG\r\n\u001a\n',
  '%PDF-1.4',
  '<svg xmlns="http://www.w3.org/2000/svg"/>',
];
const fileNames = ['a.png', 'constructor', '../../etc/passwd', '日本.txt', 'x'.repeat(400)];

function garbage(random: Random, headers: Record<string, string>): string | Buffer {
  headers['content-type'] = random.pick([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    `multipart/form-data; boundary=${'b'.repeat(300)}`,
    'text/html',
    'constructor',
    ';',
  ]);
  return random.pick<string | Buffer>([
    '{"content":',
    '[]',
    'null',
    '"text"',
    '{"content":1e99999}',
    '{"__proto__":{"content":"x"}}',
    'content[constructor][]=1&content[__proto__]=2&a[[b=3',
    '%%%=%zz&&&=',
    '--b\r\ncontent-disposition: form-data; name="toString[]"; filename="a"\r\n\r\nx\r\n--b--',
    '--b\r\ncontent-disposition: form-data\r\n\r\nx',
    `${'['.repeat(3000)}`,
    Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0xfe, 0x00]),
    Buffer.alloc(70_000, 0xff),
  ]);
}
