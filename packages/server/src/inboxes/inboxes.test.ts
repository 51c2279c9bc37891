import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { accessStream } from '../events/access.ts';
import type { DomainEvent } from '../events/domain-events.ts';

const {
  agentListInboxes,
  agentCreateInbox,
  agentGetInbox,
  agentUpdateInbox,
  agentDeleteInbox,
  agentRotateHmacToken,
  agentDeletePreviousHmacToken,
  agentListInboxMembers,
  agentAddInboxMembers,
  agentSetInboxMembers,
  agentRemoveInboxMembers,
} = agentApi;

interface Inbox {
  id: number;
  name: string;
  hmac_token?: string;
  [key: string]: unknown;
}
interface Members {
  payload: { id: number }[];
}

describe.each(engines)('inboxes on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };
  let notified: DomainEvent[];

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
    server.app.listeners.add({ handle: async (_tx, events) => void notified.push(...events) });
  });
  afterAll(() => server.stop());

  const create = (body: unknown) => {
    notified = [];
    return call<Inbox>(server, agentCreateInbox, { as: fixture.administrator, params: own, body });
  };
  const change = (id: number, body: unknown) => {
    notified = [];
    return call<Inbox>(server, agentUpdateInbox, { as: fixture.administrator, params: { ...own, id }, body });
  };
  const attributesOf = (answer: { status: number; body: unknown }) => {
    expect(answer.status).toBe(422);
    return (answer.body as { attributes: string[] }).attributes;
  };

  it('are created with the defaults of the contract, and listeners are notified', async () => {
    const { body } = await create({ name: 'New', channel: { type: 'api' } });
    expect(body).toMatchObject({
      name: 'New',
      channel_type: 'Channel::Api',
      identity_policy: 'safe',
      hmac_mandatory: false,
      enable_email_collect: true,
      enable_auto_assignment: true,
      allow_messages_after_resolved: true,
      lock_to_single_conversation: false,
      timezone: 'UTC',
      webhook_url: null,
      allowed_domains: null,
    });
    expect(body.working_hours).toHaveLength(7);
    expect((body.working_hours as object[])[0]).toMatchObject({ day_of_week: 0, closed_all_day: true });
    expect((body.working_hours as object[])[1]).toMatchObject({ open_hour: 9, close_hour: 17 });
    for (const key of ['inbox_identifier', 'hmac_token', 'secret'])
      expect(body[key]).toMatch(/^[1-9A-HJ-NP-Za-km-z]{24}$/);
    expect(atob(String(body.standard_webhooks_secret).replace('whsec_', ''))).toBe(body.secret);
    expect(notified).toMatchObject([{ event: 'inbox_created', inbox_id: body.id }]);
  });

  it('accept every setting at creation, with the name at the top level', async () => {
    const { body } = await create({
      name: 'Full',
      greeting_enabled: true,
      greeting_message: 'Hi',
      out_of_office_message: 'null',
      timezone: 'Europe/Rome',
      channel: {
        type: 'api',
        name: 'ignored',
        webhook_url: 'https://hooks.shop.test/in',
        hmac_mandatory: true,
        allowed_domains: 'https://shop.test, *.shop.test',
        additional_attributes: { agent_reply_time_window: 24 },
      },
    });
    expect(body).toMatchObject({
      name: 'Full',
      greeting_message: 'Hi',
      out_of_office_message: null,
      timezone: 'Europe/Rome',
      webhook_url: 'https://hooks.shop.test/in',
      hmac_mandatory: true,
      identity_policy: 'enforce',
      allowed_domains: 'https://shop.test,*.shop.test',
      additional_attributes: { agent_reply_time_window: 24 },
    });
  });

  it('refuse invalid settings, and store nothing', async () => {
    const count = async () =>
      (await call<{ payload: Inbox[] }>(server, agentListInboxes, { as: fixture.administrator, params: own }))
        .body.payload.length;
    const before = await count();
    const channel = { type: 'api' };
    expect(attributesOf(await create({ channel }))).toEqual(['name']);
    expect(attributesOf(await create({ name: ' ', channel }))).toEqual(['name']);
    expect(attributesOf(await create({ name: 'x' }))).toEqual(['channel']);
    expect(attributesOf(await create({ name: 'x', channel: { type: 'sms' } }))).toEqual(['type']);
    expect(attributesOf(await create({ name: 'x', channel, timezone: 'Mars/Olympus' }))).toEqual([
      'timezone',
    ]);
    const bad = { webhook_url: 'ftp://x', allowed_domains: "https://x; script-src 'none'" };
    expect(
      attributesOf(await create({ name: 'x', channel: { ...channel, webhook_url: bad.webhook_url } })),
    ).toEqual(['webhook_url']);
    expect(
      attributesOf(
        await create({ name: 'x', channel: { ...channel, allowed_domains: bad.allowed_domains } }),
      ),
    ).toEqual(['allowed_domains']);
    const window = { agent_reply_time_window: 0 };
    expect(
      attributesOf(await create({ name: 'x', channel: { ...channel, additional_attributes: window } })),
    ).toEqual(['additional_attributes']);
    expect(await count()).toBe(before);
  });

  it('show secrets to administrators only, and agents their own inboxes only', async () => {
    await create({ name: 'aardvark', channel: { type: 'api' } });
    const all = await call<{ payload: Inbox[] }>(server, agentListInboxes, {
      as: fixture.administrator,
      params: own,
    });
    expect(all.body.payload.map(({ name }) => name)).toEqual(['aardvark', 'App', 'Full', 'New']);
    const mine = await call<{ payload: Inbox[] }>(server, agentListInboxes, {
      as: fixture.member,
      params: own,
    });
    expect(mine.body.payload.map(({ id }) => id)).toEqual([fixture.inbox.id]);
    for (const key of ['hmac_token', 'secret', 'standard_webhooks_secret', 'previous_hmac_token_expires_at'])
      expect(mine.body.payload[0]).not.toHaveProperty(key);
    const webhook_url = 'https://shop:geheim@hooks.test/in';
    expect((await change(fixture.inbox.id, { channel: { webhook_url } })).body).toMatchObject({
      webhook_url,
    });
    const shown = await call<{ payload: Inbox[] }>(server, agentListInboxes, {
      as: fixture.member,
      params: own,
    });
    expect(shown.body.payload[0]?.webhook_url).toBe('https://hooks.test/in');
    await change(fixture.inbox.id, { channel: { webhook_url: null } });
  });

  it('change field by field, also by PUT, and notify listeners of what changed', async () => {
    const { body } = await create({ name: 'Old', channel: { type: 'api', webhook_url: 'https://a.test' } });
    const changed = await change(body.id, {
      name: 'Better',
      channel: { webhook_url: '' },
      working_hours: [{ day_of_week: 6, closed_all_day: false, open_hour: 10, close_hour: 12 }],
    });
    expect(changed.body).toMatchObject({ name: 'Better', webhook_url: null, timezone: 'UTC' });
    expect((changed.body.working_hours as object[])[6]).toMatchObject({
      closed_all_day: false,
      open_hour: 10,
      open_minutes: 0,
    });
    expect(notified).toMatchObject([
      { event: 'inbox_updated', detail: { previous: { name: 'Old' }, inbox: { name: 'Better' } } },
    ]);
    expect((await change(body.id, { name: 'Better' })).status).toBe(200);
    expect(notified).toEqual([]);
    const put = await fetch(`${server.url}/api/v1/accounts/${fixture.account_id}/inboxes/${body.id}/`, {
      method: 'PUT',
      headers: { api_access_token: fixture.administrator.access_token },
      body: new URLSearchParams({ name: 'Best', greeting_enabled: 'true' }),
    });
    expect(await put.json()).toMatchObject({ name: 'Best', greeting_enabled: true });
    expect(
      attributesOf(
        await change(body.id, { working_hours: [{ day_of_week: 1, open_hour: 9, close_hour: 9 }] }),
      ),
    ).toEqual(['working_hours']);
  });

  it('are open over midnight, until 24:00 and all day', async () => {
    const { body } = await create({ name: 'Night', channel: { type: 'api' } });
    const { body: changed } = await change(body.id, {
      working_hours: [
        { day_of_week: 1, open_hour: 22, close_hour: 6 },
        { day_of_week: 2, open_hour: 9, close_hour: 24 },
        { day_of_week: 3, open_hour: 0, close_hour: 24 },
      ],
    });
    expect((changed.working_hours as object[]).slice(1, 4)).toMatchObject([
      { open_hour: 22, close_hour: 6, open_all_day: false },
      { open_hour: 9, close_hour: 0, open_all_day: false },
      { open_hour: null, close_hour: null, open_all_day: true },
    ]);
    const late = { working_hours: [{ day_of_week: 1, open_hour: 9, close_hour: 24, close_minutes: 1 }] };
    expect(attributesOf(await change(body.id, late))).toEqual(['working_hours']);
  });

  it('read hmac_mandatory as a policy', async () => {
    const { body } = await create({ name: 'Policy', channel: { type: 'api', identity_policy: 'legacy' } });
    const policyAfter = async (channel: object) => (await change(body.id, { channel })).body.identity_policy;
    expect(body.identity_policy).toBe('legacy');
    expect(await policyAfter({ hmac_mandatory: false })).toBe('legacy');
    expect(await policyAfter({ hmac_mandatory: true })).toBe('enforce');
    expect(await policyAfter({ webhook_url: null })).toBe('enforce');
    expect(await policyAfter({ hmac_mandatory: false })).toBe('safe');
    expect((await change(body.id, { identity_policy: 'enforce' })).body.hmac_mandatory).toBe(true);
    expect(attributesOf(await change(body.id, { identity_policy: 'trusting' }))).toEqual(['identity_policy']);
  });

  it('accept the previous HMAC token for seven days, or until it is deleted', async () => {
    const params = { ...own, id: fixture.inbox.id };
    const rotate = () => call<Inbox>(server, agentRotateHmacToken, { as: fixture.administrator, params });
    const { body } = await rotate();
    expect(body.hmac_token).not.toBe(fixture.inbox.hmac_token);
    const days = (Number(body.previous_hmac_token_expires_at) - Date.now() / 1000) / 86_400;
    expect(days).toBeCloseTo(7, 2);
    const { q } = server.app.db;
    const stored = () =>
      server.app.db.get(
        q.selectFrom('inboxes').select('previous_hmac_token').where('id', '=', fixture.inbox.id),
      );
    expect(await stored()).toEqual({ previous_hmac_token: fixture.inbox.hmac_token });
    const dropped = await call<Inbox>(server, agentDeletePreviousHmacToken, {
      as: fixture.administrator,
      params,
    });
    expect(dropped.body).toMatchObject({
      hmac_token: body.hmac_token,
      previous_hmac_token_expires_at: null,
    });
    expect(await stored()).toEqual({ previous_hmac_token: null });
  });

  it('add, replace and remove members, and update the members’ sockets', async () => {
    const { body: inbox } = await create({ name: 'Team', channel: { type: 'api' } });
    const told: unknown[] = [];
    const stop = server.app.bus.subscribe((notice) => {
      for (const { stream, payload } of 'recorded' in notice ? notice.recorded : [])
        if (stream === accessStream) told.push(JSON.parse(payload).data);
    });
    const as = fixture.administrator;
    const ids = ({ body }: { body: Members }) => body.payload.map(({ id }) => id);
    const { member, outsider } = fixture;
    const input = (user_ids: unknown) => ({
      as,
      params: own,
      body: { inbox_id: String(inbox.id), user_ids },
    });
    expect(ids(await call<Members>(server, agentAddInboxMembers, input([String(member.id)])))).toEqual([
      member.id,
    ]);
    expect(ids(await call<Members>(server, agentSetInboxMembers, input([outsider.id])))).toEqual([
      outsider.id,
    ]);
    expect(told).toEqual([member.id, outsider.id, member.id].map((user_id) => ({ ...own, user_id })));
    stop();
    expect((await call(server, agentAddInboxMembers, input([fixture.foreigner.id]))).status).toBe(422);
    expect((await call(server, agentSetInboxMembers, input([member.id, 999]))).status).toBe(422);
    const params = { ...own, inbox_id: inbox.id };
    expect(ids(await call<Members>(server, agentListInboxMembers, { as: outsider, params }))).toEqual([
      outsider.id,
    ]);
    expect((await call(server, agentListInboxMembers, { as: member, params })).status).toBe(401);
    const path = `/api/v1/accounts/${fixture.account_id}/inbox_members/${inbox.id}`;
    const removed = await fetch(server.url + path, {
      method: 'DELETE',
      headers: { api_access_token: as.access_token, 'content-type': 'application/json' },
      body: JSON.stringify({ user_ids: [outsider.id] }),
    });
    expect([removed.status, await removed.text()]).toEqual([200, '']);
    expect(ids(await call<Members>(server, agentListInboxMembers, { as, params }))).toEqual([]);
    expect((await call(server, agentRemoveInboxMembers, input([member.id]))).status).toBe(200);
  });

  it('are deleted with their conversations and files', async () => {
    const { body } = await create({ name: 'Short-lived', channel: { type: 'api' } });
    const session = await fetch(`${server.url}/public/api/v1/inboxes/${body.inbox_identifier}/contacts`, {
      method: 'POST',
    });
    const { source_id } = (await session.json()) as { source_id: string };
    const base = `${server.url}/public/api/v1/inboxes/${body.inbox_identifier}/contacts/${source_id}/conversations`;
    const { id } = (await (await fetch(base, { method: 'POST' })).json()) as { id: number };
    const form = new FormData();
    form.append('content', 'see');
    form.append('attachments[]', new Blob(['hello']), 'note.txt');
    expect((await fetch(`${base}/${id}/messages`, { method: 'POST', body: form })).status).toBe(200);
    const { q } = server.app.db;
    const files = await server.app.db.all(q.selectFrom('attachments').select('file_key'));
    expect(files).toHaveLength(1);
    const params = { ...own, id: body.id };
    expect((await call(server, agentDeleteInbox, { as: fixture.administrator, params })).status).toBe(200);
    expect((await call(server, agentGetInbox, { as: fixture.administrator, params })).status).toBe(404);
    expect(await server.app.db.all(q.selectFrom('attachments').select('id'))).toEqual([]);
    expect((await fetch(base)).status).toBe(404);
    const key = files[0]?.file_key as string;
    await expect.poll(() => server.app.files.sizeOf(key)).toBeUndefined();
  });
});
