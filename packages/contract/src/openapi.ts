/**
 * Prints the endpoint tables as OpenAPI: both APIs as 3.1, the Client API alone as 3.0. The result is committed in `docs/`, so
 * that a change of the wire shows in review. `openapi-responses.ts` prints the responses.
 */
import type { TSchema } from 'typebox';
import { agentApi, clientApi } from './apis.ts';
import { Components, type Json, pascal } from './components.ts';
import type { Endpoint, Throttle } from './endpoint.ts';
import { toOpenApi30 } from './openapi-30.ts';
import { errorResponses, json, responsesOf } from './openapi-responses.ts';
import { clientDescription, description } from './openapi-text.ts';
import type { JsonSchema } from './schema.ts';
import { sentBody, sentForm } from './sent-body.ts';
import { tags } from './tags.ts';
import { VERSION } from './version.ts';
import { webhookPayloads } from './webhook-payloads.ts';

const idempotencyKey = { $ref: '#/components/parameters/IdempotencyKey' };

/** Prints both APIs as one OpenAPI 3.1 document, JSON without undefined values. */
export function toOpenApi(): Json {
  const parts = new Components({ withDiscriminators: true });
  const paths = pathsOf(parts, { ...clientApi, ...agentApi });
  for (const [id, endpoint] of Object.entries<Endpoint>({ ...clientApi, ...agentApi }))
    if (endpoint.method === 'PATCH') addPut(parts, paths, { id, endpoint });
  addClientForms(parts, paths);
  const webhooks = Object.fromEntries(
    Object.entries<TSchema>(webhookPayloads).map(([event, schema]) => [event, webhook(parts, event, schema)]),
  );
  const responses = errorResponses(parts);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hoory',
      version: VERSION,
      summary: 'Client API and agent API',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers,
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    webhooks,
    components: {
      schemas: sorted(parts.schemas),
      responses,
      parameters,
      securitySchemes,
    },
  };
}

/**
 * Prints the Client API alone as an OpenAPI 3.0 document, which more generators of clients read than 3.1. Each update stands
 * in it once, as `PATCH`.
 */
export function toClientOpenApi(): Json {
  const parts = new Components({ withDiscriminators: true });
  const paths = pathsOf(parts, clientApi);
  addClientForms(parts, paths);
  const used = new Set(Object.values<Endpoint>(clientApi).map(({ tag }) => tag));
  const responses = Object.entries(errorResponses(parts)).filter(([name]) => name.startsWith('Client'));
  const { SignInError: _, UnauthorizedError: __, ...schemas } = parts.schemas;
  return toOpenApi30({
    info: {
      title: 'Hoory Client API',
      version: VERSION,
      description: clientDescription,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers,
    tags: [...used].map((name) => ({ name, description: tags[name] })),
    paths,
    components: { schemas: sorted(schemas), responses: Object.fromEntries(responses), parameters },
  });
}

const servers = [{ url: '/', description: 'The server that sent this document' }];

const parameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Hard to guess and new for each thing to do. A repeat with the same key within 24 hours gets the first answer ' +
      'and changes nothing; with another content it is refused with 422.',
    schema: { type: 'string' },
  },
};

type PathItem = Record<string, Json>;

function pathsOf(parts: Components, table: Record<string, Endpoint>): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const [id, endpoint] of Object.entries(table)) {
    const item = paths[endpoint.path] ?? {};
    item[endpoint.method.toLowerCase()] = operation(parts, id, endpoint);
    paths[endpoint.path] = item;
  }
  return paths;
}

interface NamedEndpoint {
  id: string;
  endpoint: Endpoint;
}

/**
 * `PUT` does what `PATCH` does. Where a file may come along, the document shows the form with `PUT` and the JSON with `PATCH`: of an
 * operation with two types of body generators make a client that does not compile, or sends nothing.
 */
function addPut(parts: Components, paths: Record<string, PathItem>, { id, endpoint }: NamedEndpoint): void {
  const item = paths[endpoint.path];
  if (!item) return;
  const form = endpoint.files && { requestBody: { content: formContent(parts, id, endpoint) } };
  item.put = { ...item.patch, operationId: `${id}ByPut`, ...form };
}

/** An endpoint that takes files of customers is printed as JSON under its path, and as a form under the newer words of that path. */
function addClientForms(parts: Components, paths: Record<string, PathItem>): void {
  for (const [id, endpoint] of Object.entries<Endpoint>(clientApi)) {
    if (!endpoint.files) continue;
    const method = endpoint.method.toLowerCase();
    const requestBody = { content: formContent(parts, id, endpoint) };
    const json = paths[endpoint.path]?.[method];
    paths[inNewerWords(endpoint.path)] = {
      [method]: { ...json, operationId: `${id}WithFiles`, requestBody },
    };
  }
}

const inNewerWords = (path: string) =>
  path.replace('/inboxes/', '/channels/').replace('/contacts/', '/customers/');

/** A request that the server sends to webhooks and bots. */
const webhook = (parts: Components, event: string, schema: TSchema): Json => ({
  post: {
    operationId: `on${pascal(event)}`,
    tags: ['Webhook events' satisfies keyof typeof tags],
    summary: `Sent to webhooks and bots: \`${event}\``,
    security: [],
    requestBody: { required: true, content: { 'application/json': { schema: parts.print(schema) } } },
    responses: { '2XX': { description: 'Received; the body of the answer is ignored' } },
  },
});

const header = (name: string, text: string) => ({ type: 'apiKey', in: 'header', name, description: text });

const securitySchemes = {
  access_token: header('api_access_token', 'Access token of a user or a bot; also as `Api-Access-Token`.'),
  sign_in_token: header('access-token', 'From the answer to signing in.'),
  sign_in_client: header('client', 'From the answer to signing in.'),
  sign_in_uid: header('uid', 'From the answer to signing in.'),
  doctor_token: header('X-Hoory-Doctor', 'Made by `hoory doctor` with the key of the installation.'),
  sign_in_bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The `authorization` header of the answer to signing in: all sign-in headers in one.',
  },
};

/** The credentials that a caller must send, by the `auth` of the endpoint. */
function securityOf({ auth }: Endpoint): Json[] {
  if (auth === 'none' || auth === 'session') return [];
  return auth === 'doctor' ? [{ doctor_token: [] }] : signedIn;
}

const signedIn = [
  { access_token: [] },
  { sign_in_token: [], sign_in_client: [], sign_in_uid: [] },
  { sign_in_bearer: [] },
];

function operation(parts: Components, id: string, endpoint: Endpoint): Json {
  const parameters = [
    ...parametersOf(parts, endpoint.params, 'path'),
    ...parametersOf(parts, endpoint.query, 'query'),
    ...(endpoint.method === 'POST' ? [idempotencyKey] : []),
  ];
  const body = bodyOf(parts, id, endpoint);
  return {
    operationId: id,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...describe(id, endpoint),
    security: securityOf(endpoint),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: responsesOf(parts, id, endpoint),
  };
}

function describe(id: string, endpoint: Endpoint): { description?: string } {
  const { description, auth, bot, throttle, root, ignores, aliases = [], method } = endpoint;
  const lines = [
    description,
    auth === 'administrator' && 'Administrators only.',
    bot && 'Agent bots may call it.',
    throttle && limitOf(throttle),
    root && `The fields may be nested under \`${root}\`.`,
    formNote(id, endpoint),
    ignores && `Taken without an effect: ${ignores.map((name) => `\`${name}\``).join(', ')}.`,
    ...aliases.map((path) => `Also as \`${method} ${path}\`.`),
  ].filter((line) => typeof line === 'string');
  return lines.length > 0 ? { description: lines.join('\n\n') } : {};
}

/** Where to find the form of an endpoint whose JSON is shown. */
function formNote(id: string, { files, isForm, method, path }: Endpoint): string | undefined {
  if (!files || isForm) return undefined;
  if (method === 'PATCH') return 'A file comes in a form, shown with `PUT`; both methods take form and JSON.';
  if (path.startsWith('/public/'))
    return `Files come in a form, shown as \`${id}WithFiles\`; both addresses take form and JSON.`;
  const names = Object.keys(files).map((name) => `\`${name}\``);
  return `Also takes a form, \`multipart/form-data\`, with files in ${names.join(' or ')}.`;
}

const limitOf = ({ most, seconds, per }: Throttle) =>
  `At most ${most} calls a ${seconds === 60 ? 'minute' : 'hour'} and ${per}; more are refused with 429.`;

function parametersOf(parts: Components, schema: Endpoint['params'], place: 'path' | 'query'): Json[] {
  const required: readonly string[] = schema?.required ?? [];
  return Object.entries(schema?.properties ?? {}).map(([name, one]) => {
    const { description, ...rest } = parts.print(one);
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

/** Each operation shows one type of body: generated clients send nothing, or do not compile, where they can choose. */
function bodyOf(parts: Components, id: string, endpoint: Endpoint): Json | undefined {
  const { body, isForm, isBytes } = endpoint;
  if (isBytes)
    return { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } };
  if (!body && !isForm) return undefined;
  const content =
    isForm || !body
      ? formContent(parts, id, endpoint)
      : json(parts.print(sentBody(body), `${pascal(id)}Input`));
  return { ...(body?.required?.length && { required: true }), content };
}

/**
 * A form has one field for files and for what stands for them, such as the ids of uploads, as generated clients cannot tell
 * two of one name apart. Nor can they write a list of objects into a form: that is left to JSON.
 */
function formContent(parts: Components, id: string, { body, files = {} }: Endpoint): Json {
  const properties: Record<string, JsonSchema> = body?.properties ?? {};
  const fields = Object.entries(properties).filter(
    ([name, { items }]) => files[name] === undefined && items?.type !== 'object',
  );
  const uploads = Object.entries(files)
    .filter(([name]) => !name.includes('['))
    .map(([name, most]) => fileField(name, most));
  const form: JsonSchema = { type: 'object', properties: Object.fromEntries([...fields, ...uploads]) };
  return { 'multipart/form-data': { schema: parts.print(sentForm(form), `${pascal(id)}Form`) } };
}

function fileField(name: string, most: number): [string, JsonSchema] {
  const file = { type: 'string', format: 'binary' };
  return most === 1 ? [name, file] : [`${name}[]`, { type: 'array', items: file, maxItems: most }];
}

const sorted = (map: Record<string, Json>) =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
