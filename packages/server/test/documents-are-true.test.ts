/**
 * Every operation takes what the printed document says, and nothing else: requests made from the document as it is printed, valid
 * and not, are taken if and only if they are valid, and answered as it says. `HOORY_DOCUMENT_RUNS` (2) says how many requests
 * of each kind an operation gets, `HOORY_DOCUMENT_SEED` (1) which ones.
 */
import { readFileSync } from 'node:fs';
import { agentApi } from '@hoory/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserRow } from '../src/db/tables.ts';
import { type AccountFixture, createAccount } from './fixtures/account.ts';
import { callerOf as callerOfUser } from './fixtures/call.ts';
import { createConversation } from './fixtures/conversation.ts';
import { checkOf, type Operation, operations, resolved, type Schema, valuesOf } from './printed-document.ts';
import { startTestServer, type TestServer } from './server.ts';

const runs = Number(process.env.HOORY_DOCUMENT_RUNS ?? 2);
const seed = Number(process.env.HOORY_DOCUMENT_SEED ?? 1);

/**
 * Texts of 422 with which a valid request may be refused, by the reason: what it says is not so, or does not go together, which no
 * schema can say. The document tells each in words.
 */
const meanings = new RegExp(
  Object.values(
    JSON.parse(readFileSync(new URL('meanings.json', import.meta.url), 'utf8')) as Record<string, string>,
  ).join('|'),
);

/** Endpoints whose input this test does not have: links of mails, sign-in headers, a mail server, another web server, a doctor's token. */
const neverTaken =
  /^(confirmUser|resetPassword|resetPasswordByPut|signIn|signOut|agentSendTranscript|agentUpload|agentReplayWebhookDelivery|doctor\w+)$/;

interface Sent {
  path?: Record<string, string>;
  query?: [string, string][];
  body?: unknown;
}

describe('the printed document', () => {
  let server: TestServer;
  let fixture: AccountFixture;
  /** Names of what there is, by the name of the field or the parameter. */
  let known: Record<string, unknown>;
  const taken = new Set<string>();

  beforeAll(async () => {
    server = await startTestServer();
    fixture = await createAccount(server);
    const { id, source_id } = await createConversation(server, fixture);
    await createConversation(server, fixture);
    const administrator = callerOfUser(server.url, fixture.administrator.access_token);
    const inbox = { account_id: fixture.account_id, id: fixture.inbox.id, csat_survey_enabled: true };
    await administrator(agentApi.agentUpdateInbox, inbox);
    await administrator(agentApi.agentToggleStatus, {
      account_id: fixture.account_id,
      conversation_id: id,
      status: 'resolved',
    });
    const { uuid } = (await server.app.db.get(
      server.app.db.q.selectFrom('conversations').select('uuid').where('display_id', '=', id),
    )) as { uuid: string };
    await callerOfUser(server.url, fixture.member.access_token)(agentApi.agentAssignConversation, {
      account_id: fixture.account_id,
      conversation_id: id,
      assignee_id: fixture.administrator.id,
    });
    const {
      data: {
        payload: [notification],
      },
    } = await administrator(agentApi.agentListNotifications, { account_id: fixture.account_id });
    const { id: user_id } = fixture.member;
    known = {
      account_id: fixture.account_id,
      inbox_identifier: fixture.inbox.identifier,
      contact_identifier: source_id,
      conversation_uuid: uuid,
      source_id,
      inbox_id: fixture.inbox.id,
      contact_id: 1,
      // Contacts that earlier requests have created.
      base_contact_id: 2,
      mergee_contact_id: 3,
      user_ids: [user_id],
      subscription_type: 'browser_push',
      subscription_attributes: { endpoint: 'https://push.test/1' },
      // Of the records that a path names by `id`, those whose first is not the caller's.
      agents: user_id,
      notifications: notification?.id,
    };
  });
  afterAll(() => server.stop());

  it.each(inOrder(operations))(
    '$method $path does what the document says',
    { timeout: 300_000 },
    async (operation) => {
      const faults: string[] = [];
      for (const { sent, isValid } of requestsOf(operation, known)) {
        const fault = await faultOf(operation, sent, isValid);
        if (fault) faults.push(`${fault}: ${JSON.stringify(sent).slice(0, 600)}`);
      }
      expect(faults).toEqual([]);
    },
  );

  it('has no operation that refused every request', () => {
    expect(operations.map(({ id }) => id).filter((id) => !taken.has(id) && !neverTaken.test(id))).toEqual([]);
  });

  async function faultOf(
    operation: Operation,
    sent: Sent,
    isValid: boolean | undefined,
  ): Promise<string | undefined> {
    const { status, text } = await send(operation, sent);
    if (!operation.answers.has(status)) return `status ${status} is not printed, with ${text.slice(0, 200)}`;
    const schema = operation.answers.get(status);
    const check = schema && checkOf(schema);
    if (check ? !check(JSON.parse(text)) : text !== '')
      return `${status} is not as printed, ${JSON.stringify(check?.errors?.[0])} in ${text.slice(0, 200)}`;
    if (status >= 500) return `a fault of the server, ${text}`;
    if (status < 300) {
      if (isValid) taken.add(operation.id);
      return isValid === false ? 'invalid, and taken' : undefined;
    }
    if (isValid !== true || [401, 403, 404].includes(status)) return undefined;
    if (status === 422 && meanings.test(text)) return undefined;
    return `valid, and refused with ${status} ${text.slice(0, 300)}`;
  }

  async function send(operation: Operation, { path = {}, query = [], body }: Sent) {
    const at = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(
        path[name] ??
          String(known[name === 'id' ? (/(\w+)\/\{id\}/.exec(operation.path)?.[1] ?? '') : name] ?? 1),
      ),
    );
    const search = query.length ? `?${new URLSearchParams(query)}` : '';
    const response = await fetch(`${server.url}${at}${search}`, {
      method: operation.method,
      redirect: 'manual',
      headers: {
        api_access_token: callerOf(operation).access_token,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Nobody else's way in is ended by what one may do to oneself. */
  function callerOf({ path }: Operation): UserRow {
    if (path.startsWith('/api/v1/profile/reset')) return fixture.outsider;
    return path.startsWith('/api/v1/profile') || path.startsWith('/auth')
      ? fixture.member
      : fixture.administrator;
  }
});

/** Requests of customers come first, then those that create, then reads and changes; deletions come last, parts before their whole. */
function inOrder(all: readonly Operation[]): Operation[] {
  const rankOf = ({ path, method }: Operation) => {
    if (path.startsWith('/public/')) return 0;
    if (path.endsWith('/agents/{id}') && method === 'DELETE') return 5;
    if (path.endsWith('/destroy_all')) return 5;
    // They go with their conversation.
    if (path.endsWith('/notifications/{id}') && method === 'DELETE') return 3.5;
    if (/bulk_actions|contact_merge/.test(path)) return 5;
    if (method === 'DELETE') return 4 - path.length / 1000;
    return method === 'POST' ? 1 : method === 'GET' ? 2 : 3;
  };
  return all.toSorted((a, b) => rankOf(a) - rankOf(b));
}

interface Request {
  sent: Sent;
  /** Undefined where the document leaves it open: prose tells what older clients send. */
  isValid: boolean | undefined;
}

function requestsOf(operation: Operation, known: Record<string, unknown>): Request[] {
  const { body, parameters } = operation;
  // An answer that waits for an event would only take its time.
  const inQuery = parameters.filter((one) => one.in === 'query' && one.name !== 'wait');
  const required = inQuery.filter((one) => one.required);
  // Each needs what is required in the other place.
  const query = required.flatMap(({ name, schema }) => toPairs(name, sample(valuesOf(schema), 1)[0]));
  const least = body && leastOf(body, known);
  const withBody = least === undefined ? {} : { body: least };
  return [
    { sent: { ...withBody, query }, isValid: true },
    ...(body
      ? bodiesOf(operation, body, known).map(({ value, isValid }) => ({
          sent: { query, body: value },
          isValid,
        }))
      : []),
    ...inQuery.flatMap(({ name, schema }) => {
      const others = query.filter(([key]) => key !== name);
      return textsOf(schema, operation.older.query[name]).map(({ value, isValid }) => ({
        sent: { ...withBody, query: [...others, ...toPairs(name, value)] },
        isValid,
      }));
    }),
    ...required.map(({ name }) => ({
      sent: { ...withBody, query: query.filter(([key]) => key !== name) },
      isValid: false,
    })),
    ...pathsOf(operation).map(({ path, isValid }) => ({ sent: { ...withBody, query, path }, isValid })),
  ];
}

const sample = <T>(values: fc.Arbitrary<T>, count: number): T[] =>
  fc.sample(values, { numRuns: count, seed });

/** A body with nothing in it that is not required, of names that are known. */
function leastOf(schema: Schema, known: Record<string, unknown>): Record<string, unknown> {
  const { properties = {}, required = [] } = resolved(schema);
  return Object.fromEntries(
    required.map((name) => {
      const one = resolved(properties[name] as Schema);
      return [name, known[name] ?? (one.properties ? leastOf(one, known) : sample(valuesOf(one), 1)[0])];
    }),
  );
}

/** Other ones with another seed. */
function some<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(all.length, most);
  return sample(fc.shuffledSubarray([...all], { minLength: count, maxLength: count }), 1).flat();
}

interface Judged {
  value: unknown;
  isValid: boolean | undefined;
}

/** Valid bodies, bodies with one field that is missing or of another kind, and bodies that are no objects. */
function bodiesOf({ older }: Operation, schema: Schema, known: Record<string, unknown>): Judged[] {
  const check = checkOf(schema);
  const isOlder = older.body ? checkOf(older.body) : () => false;
  const least = leastOf(schema, known);
  const { properties = {}, required = [] } = resolved(schema);
  const named = Object.keys(properties).filter((name) => known[name] !== undefined);
  const mutants = Object.keys(properties).flatMap((name) =>
    odd.map((value) => ({ ...least, [name]: value })),
  );
  const values = [
    least,
    { ...least, ...Object.fromEntries(named.map((name) => [name, known[name]])) },
    ...sample(valuesOf(schema), runs),
    ...required.map((name) => Object.fromEntries(Object.entries(least).filter(([key]) => key !== name))),
    ...some(mutants, 6 * runs),
    ...(Object.keys(properties).length
      ? [{ ...least, [Object.keys(properties)[0] as string]: null, unknown: 1 }]
      : []),
    [],
    [least],
    'text',
    1,
    null,
  ];
  return values.map((value) => ({ value, isValid: check(value) || (isOlder(value) ? undefined : false) }));
}

/** Values of every type, at the ends of what fields take. */
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  ' ',
  '7',
  '99999999999999999999',
  'true',
  'x'.repeat(256),
  'x'.repeat(200_000),
  '2020-01-01',
  [],
  [null],
  [''],
  ['a', 1],
  [1, '2'],
  Array.from({ length: 1001 }, () => 1),
  {},
  { a: 1 },
  [{}],
];

/** Values of a query as text. */
function textsOf(schema: Schema, older: Schema | undefined): Judged[] {
  const valid = sample(valuesOf(schema), runs).map((value) => ({ value, isValid: true }));
  const { type, enum: words, maxLength, maximum, minimum } = resolved(schema);
  const invalid = [
    ...(type === 'integer' || type === 'number' ? ['x', 'null', '[]'] : []),
    ...(type === 'integer' ? ['1.5', '1e3'] : []),
    ...(type === 'boolean' ? ['x', '2', 'null'] : []),
    ...(words ? ['nonsense'] : []),
    ...(typeof maxLength === 'number' && type === 'string' ? ['x'.repeat(maxLength + 1)] : []),
    ...(typeof maximum === 'number' ? [String(maximum + 1)] : []),
    ...(typeof minimum === 'number' ? [String(minimum - 1)] : []),
  ];
  // A blank is absent, and so is no value at all.
  return [
    ...valid.filter(({ value }) => value !== null && value !== ''),
    ...invalid.map((value) => ({ value, isValid: older && checkOf(older)(value) ? undefined : false })),
  ];
}

const toPairs = (name: string, value: unknown): [string, string][] =>
  Array.isArray(value)
    ? value.map((one) => [name, String(one)])
    : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];

/** Text that is no id names nothing. */
function pathsOf({ parameters }: Operation): { path: Record<string, string>; isValid: boolean }[] {
  return parameters
    .filter((one) => one.in === 'path')
    .flatMap(({ name, schema }) =>
      resolved(schema).type === 'integer'
        ? ['undefined', '-1', '1.5', '9007199254740992', ' '].map((value) => ({
            path: { [name]: value },
            isValid: false,
          }))
        : ['x'.repeat(256), '%'].map((value) => ({ path: { [name]: value }, isValid: value.length < 256 })),
    );
}
