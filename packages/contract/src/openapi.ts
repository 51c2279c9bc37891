/** Endpoint tables -> OpenAPI 3.1. */
import type { TSchema } from 'typebox';
import { agentApi, clientApi } from './apis.ts';
import { FREE_FORM, MAX_BODY_LEVELS, MAX_NESTED_ATTRIBUTES, TRUNCATED } from './bounds.ts';
import { type Components, components, type Json } from './components.ts';
import type { Endpoint, Throttle } from './endpoint.ts';
import { SignInError, StatusError, TextError, ValidationError } from './errors.ts';
import { VERSION } from './version.ts';
import { webhookPayloads } from './webhook-payloads.ts';

const description = `Conversations between a company and its customers.

**Client API** (\`/public/api/v1\`): for the customer's side. The inbox identifier and the \`source_id\` of a contact
session are the credential; no token is read. The same endpoints answer under
\`/public/api/v1/channels/{inbox_identifier}/customers/{contact_identifier}\`.

**Agent API** (\`/api/v1\`, \`/auth\`): for agents' tools, bots and bridges, with an access token or sign-in headers.

For both: path, query and body are read as one set of fields, of which the path wins over the query and the query over
the body. Text is read as the type the field has; null and blank are absent where the field admits neither. A field that the
endpoint does not know is ignored beside one that it knows. \`PUT\` does what \`PATCH\` does. A trailing slash or \`.json\`
is dropped. Creating answers 200.

A body is read wholly or refused, never dropped:

- It is JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`. JSON is read as JSON also when its type is
  \`text/plain\`, any \`+json\`, that of a form (as \`curl -d\` sends it), or none; a part of multipart that is typed
  \`application/json\` is the JSON value of its field. Any other type is 415. An empty body is fine whatever its type.
- A body of which no field is known is 422 naming the fields, as is a file in a field that takes none. Text or JSON where only
  files count, such as a data URL in \`attachments\`, is 422. A file input that was left empty is no file.
- Text is UTF-8, or in the charset that the body or its part declares (\`charset\`, \`_charset_\`); bytes that are not of it
  are 400, an unknown charset is 415. A byte order mark is skipped. NUL and halves of surrogate pairs are 422.
- \`Content-Encoding\` may be \`gzip\`, \`deflate\` or \`br\`; any other is 415. Limits of size count what comes out.
- A number that cannot be held exactly, such as one above 2^53 with more digits, is taken as it was typed by a field of text, and is
  422 in any other field.

A free-form object (attributes, settings, \`content_attributes\`, \`submitted_values\`, the \`query\` of a filter) holds, after
merging, at most ${FREE_FORM.maxBytes / 1024} kB of JSON in UTF-8, ${FREE_FORM.maxKeys} keys in each object, ${FREE_FORM.maxLevels} levels of objects and lists, the object itself
being the first, and keys of ${FREE_FORM.maxKeyLength} characters. More is refused with 422 that names the field, and nothing changes.
\`template_params\` and \`submitted_values\` are stored one level down, so they have one level less. A body that nests deeper
than ${MAX_BODY_LEVELS} levels is refused with 400.

A contact inside a message, conversation, list, event or webhook shows at most ${MAX_NESTED_ATTRIBUTES / 1024} kB of each of its two attribute objects.
Answers about one contact show all. Events and webhooks about one contact show all when it is created or merged and when its
attributes change; after any other change, such as the last activity with each message, they show at most ${MAX_NESTED_ATTRIBUTES / 1024} kB.
A larger object is cut: in the order of its keys, each member that still fits is kept whole, and \`"${TRUNCATED}": true\` is
added. An object with that key cannot be stored.

When an agent merges two contacts whose attributes or labels do not fit together, the merge is refused with 422. When a
customer's request merges them, the surviving contact keeps its own, and takes of the other what there is room for.

Lists of the agent API that page by number also say a \`next_cursor\`: sent as \`cursor\` in the place of \`page\`, with
everything else as before, it goes on right behind the last row. A page then costs the same however deep it is, and what
comes, moves or goes meanwhile makes no other row come twice or be left out. Messages go on by \`before\` and \`after\`,
deliveries by \`before\`, events by \`after\`.`;

const idempotencyKey = { $ref: '#/components/parameters/IdempotencyKey' };

/** Prints both APIs as one OpenAPI 3.1 document, JSON without undefined values. */
export function toOpenApi(): Json {
  const parts = components();
  const paths: Record<string, Json> = {};
  const tags = new Set<string>();
  for (const [id, endpoint] of Object.entries<Endpoint>({ ...clientApi, ...agentApi })) {
    tags.add(endpoint.tag);
    paths[endpoint.path] ??= {};
    const item = paths[endpoint.path] as Json;
    item[endpoint.method.toLowerCase()] = operation(parts, id, endpoint);
    if (endpoint.method === 'PATCH') item.put = operation(parts, `${id}ByPut`, endpoint);
  }
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
    servers: [{ url: '/' }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    webhooks,
    components: {
      schemas: sorted(parts.schemas),
      responses,
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'Hard to guess and new for each thing to do. A repeat with the same key within 24 hours gets the first answer ' +
            'and changes nothing; with another content it is refused with 422.',
          schema: { type: 'string' },
        },
      },
      securitySchemes,
    },
  };
}

/** What the server sends to webhooks and bots. */
const webhook = (parts: Components, event: string, schema: TSchema): Json => ({
  post: {
    operationId: `${event}Webhook`,
    tags: ['Webhooks'],
    summary: `Sent to webhooks and bots: \`${event}\``,
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
  sign_in_bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The `authorization` header of the answer to signing in: all sign-in headers in one.',
  },
};

const signedIn = [
  { access_token: [] },
  { sign_in_token: [], sign_in_client: [], sign_in_uid: [] },
  { sign_in_bearer: [] },
];

function operation(parts: Components, id: string, endpoint: Endpoint): Json {
  const open = endpoint.auth === 'none' || endpoint.auth === 'session';
  const parameters = [
    ...parametersOf(parts, endpoint.params, 'path'),
    ...parametersOf(parts, endpoint.query, 'query'),
    ...(endpoint.method === 'POST' ? [idempotencyKey] : []),
  ];
  const body = bodyOf(parts, endpoint);
  return {
    operationId: id,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...describe(endpoint),
    security: open ? [] : signedIn,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: responsesOf(parts, endpoint),
  };
}

function describe({ description, auth, bot, throttle, root, ignores, aliases = [], method }: Endpoint): {
  description?: string;
} {
  const lines = [
    description,
    auth === 'administrator' && 'Administrators only.',
    bot && 'Agent bots may call it.',
    throttle && limitOf(throttle),
    root && `The fields may be nested under \`${root}\`.`,
    ignores && `Taken without an effect: ${ignores.map((name) => `\`${name}\``).join(', ')}.`,
    ...aliases.map((path) => `Also as \`${method} ${path}\`.`),
  ].filter((line) => typeof line === 'string');
  return lines.length > 0 ? { description: lines.join('\n\n') } : {};
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

/** JSON, and multipart where files may come along. A body is never required: every field may come in the query. */
function bodyOf(parts: Components, { body, files }: Endpoint): Json | undefined {
  if (!body && !files) return undefined;
  const schema = body ? parts.print(body) : { type: 'object', properties: {} };
  const content: Json = { 'application/json': { schema } };
  if (files) {
    const fields = Object.entries(files).map(([name, most]) => fileField(name, most));
    const properties = { ...(schema.properties as Json), ...Object.fromEntries(fields) };
    content['multipart/form-data'] = { schema: { ...schema, properties } };
  }
  return { content };
}

function fileField(name: string, most: number): [string, Json] {
  const file = { type: 'string', format: 'binary' };
  return most === 1 ? [name, file] : [`${name}[]`, { type: 'array', items: file, maxItems: most }];
}

const json = (schema: Json) => ({ 'application/json': { schema } });

function responsesOf(parts: Components, { returns, status, path, auth, method }: Endpoint): Json {
  const answer =
    returns === null
      ? { description: 'Done; empty body' }
      : { description: 'Done', content: json(parts.print(returns)) };
  const family = path.startsWith('/public/') ? 'Client' : 'Agent';
  const refuse = (name: string) => ({ $ref: `#/components/responses/${family}${name}` });
  const isRead = method === 'GET';
  return {
    [status ?? 200]: answer,
    400: refuse('BadRequest'),
    ...((auth !== 'none' || path.endsWith('/contacts') || path.endsWith('/sign_in')) && {
      401: refuse('Unauthorized'),
    }),
    ...(path.includes('{') && { 404: refuse('NotFound') }),
    ...(!isRead && { 413: refuse('TooLarge'), 415: refuse('UnsupportedType') }),
    ...((!isRead || path.includes('{')) && { 422: refuse('Invalid') }),
    429: refuse('TooManyRequests'),
    500: refuse('Failed'),
  };
}

const unread = 'The type, the charset or the encoding of the body is not read; the text names it';

/** The bodies of refusals in both families (client-api.md section 3, application-api.md section 2.3). */
function errorResponses(parts: Components): Json {
  const status = parts.print(StatusError);
  const text = parts.print(TextError);
  const invalid = { anyOf: [parts.print(ValidationError), text] };
  const signIn = { anyOf: [text, parts.print(SignInError)] };
  const response = (description: string, schema: Json) => ({ description, content: json(schema) });
  const tooMany = (schema: Json) => ({
    ...response('Too many requests', schema),
    headers: { 'Retry-After': { description: 'seconds to wait', schema: { type: 'integer' } } },
  });
  return {
    ClientBadRequest: response('The body could not be read', status),
    ClientUnauthorized: response('The proof of identity is missing or wrong; nothing was changed', text),
    ClientNotFound: response('Absent, or not of this session', status),
    ClientTooLarge: response('The body or a file is too large', status),
    ClientUnsupportedType: response(unread, text),
    ClientInvalid: response('A value was refused; nothing was changed', invalid),
    ClientTooManyRequests: tooMany(status),
    ClientFailed: response('A fault of the server', status),
    AgentBadRequest: response('The body could not be read', text),
    AgentUnauthorized: response('Not signed in, or not allowed to do this', signIn),
    AgentNotFound: response('Absent, or not of this account', text),
    AgentTooLarge: response('The body or a file is too large', text),
    AgentUnsupportedType: response(unread, text),
    AgentInvalid: response('A value was refused; nothing was changed', invalid),
    AgentTooManyRequests: tooMany(text),
    AgentFailed: response('A fault of the server', text),
  };
}

const sorted = (map: Record<string, Json>) =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
