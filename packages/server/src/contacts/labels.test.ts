/** Labels on contacts, their attributes, and other ways to find them, through HTTP on every database. */
import { agentApi as api } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

describe.each(engines)('contacts on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
  });
  afterAll(() => server.stop());

  const create = async (body: object) =>
    (await own.as.agent(api.agentCreateContact, { account_id, ...body })).payload.contact;
  const label = (id: number, labels: string[]) =>
    own.as.agent(api.agentSetContactLabels, { account_id, id, labels });
  const labelsOf = async (id: number) =>
    (await own.as.agent(api.agentListContactLabels, { account_id, id })).payload;
  const namesOf = ({ payload }: { payload: { name: string }[] }) => payload.map(({ name }) => name).sort();
  const heard = async (work: () => Promise<unknown>) => {
    const told: unknown[] = [];
    const stop = server.app.bus.subscribe((notice) => {
      if ('recorded' in notice) for (const { event } of notice.recorded) told.push(event);
    });
    await work();
    stop();
    return told;
  };

  it('have labels, which are replaced together with one event', async () => {
    const { id } = await create({ name: 'Ann', email: 'ann@mail.test' });
    expect(await labelsOf(id)).toEqual([]);
    expect(await heard(() => label(id, ['vip', ' refund ', 'vip', '']))).toEqual(['contact.updated']);
    expect(await labelsOf(id)).toEqual(['refund', 'vip']);
    expect(await heard(() => label(id, ['vip', 'refund']))).toEqual([]);
    expect((await label(id, ['new'])).payload).toEqual(['new']);
    expect((await label(id, [])).payload).toEqual([]);
  });

  it('are listed and filtered by label', async () => {
    const gold = await create({ name: 'Gold', email: 'gold@mail.test' });
    const both = await create({ name: 'Both', email: 'both@mail.test' });
    await create({ name: 'Plain', email: 'plain@mail.test' });
    const hidden = await create({ name: 'Hidden' });
    await label(gold.id, ['gold']);
    await label(both.id, ['gold', 'silver']);
    await label(hidden.id, ['gold']);
    const list = (labels: string[]) =>
      own.as.agent(api.agentListContacts, { account_id, labels: labels.join(',') as never });
    expect(namesOf(await list(['gold']))).toEqual(['Both', 'Gold']);
    expect(namesOf(await list(['silver', 'bronze']))).toEqual(['Both']);
    const filter = (filter_operator: string, values: string[]) =>
      own.as.agent(api.agentFilterContacts, {
        account_id,
        payload: [{ attribute_key: 'labels', filter_operator, values }] as never,
      });
    expect(namesOf(await filter('equal_to', ['silver']))).toEqual(['Both']);
    expect(namesOf(await filter('not_equal_to', ['gold']))).toEqual(['Ann', 'Plain']);
    expect(namesOf(await filter('is_present', []))).toEqual(['Both', 'Gold']);
  });

  it('keep the labels of both when they are merged', async () => {
    const base = await create({ email: 'base@mail.test' });
    const mergee = await create({ phone_number: '+447700900777' });
    await label(base.id, ['a', 'b']);
    await label(mergee.id, ['b', 'c']);
    await own.as.agent(api.agentMergeContacts, {
      account_id,
      base_contact_id: base.id,
      mergee_contact_id: mergee.id,
    });
    expect(await labelsOf(base.id)).toEqual(['a', 'b', 'c']);
  });

  it('get the new title of a renamed label, and lose a deleted one', async () => {
    const { id } = await create({ email: 'follow@mail.test' });
    const made = await own.as.administrator(api.agentCreateLabel, { account_id, title: 'before' });
    await label(id, ['before', 'other']);
    await own.as.administrator(api.agentUpdateLabel, { account_id, id: made.id, title: 'after' });
    await expect.poll(() => labelsOf(id)).toEqual(['after', 'other']);
    await own.as.administrator(api.agentDeleteLabel, { account_id, id: made.id });
    await expect.poll(() => labelsOf(id)).toEqual(['other']);
  });

  it('lose the attributes that a request names', async () => {
    const { id } = await create({ email: 'attr@mail.test', custom_attributes: { a: 1, b: 2, c: 3 } });
    const { payload } = await own.as.agent(api.agentDeleteContactAttributes, {
      account_id,
      id,
      custom_attributes: ['a', 'c', 'absent'],
    });
    expect(payload.custom_attributes).toEqual({ b: 2 });
    const shown = await own.as.agent(api.agentGetContact, { account_id, id });
    expect(shown.payload.custom_attributes).toEqual({ b: 2 });
  });

  it('are found by the source_id of a session', async () => {
    const source_id = '6f1d1a52-0c1c-4a51-8f0d-4a2d9d0f7c11';
    const inbox_id = own.inbox.id;
    const { id } = await create({ email: 'session@mail.test' });
    await own.as.administrator(api.agentCreateContactInbox, { account_id, id, inbox_id, source_id });
    const find = (input: object) => own.as.agent.raw(api.agentFindContactBySession, { account_id, ...input });
    expect(await find({ inbox_id, source_id })).toMatchObject({ status: 200, body: { id } });
    expect((await find({ inbox_id, source_id: 'nobody' })).status).toBe(404);
    expect((await find({})).status).toBe(422);
    const foreign = await createTestAccount(server.app);
    const stranger = { account_id: foreign.account.id, inbox_id, source_id };
    expect((await foreign.as.agent.raw(api.agentFindContactBySession, stranger)).status).toBe(404);
  });

  it('are listed while they are online', async () => {
    const { id } = await create({ name: 'Here' });
    const active = () => own.as.agent(api.agentListActiveContacts, { account_id });
    expect((await active()).payload).toEqual([]);
    server.app.presence.enter(account_id, 'contact', id);
    expect(await active()).toMatchObject({
      meta: { count: 1, current_page: 1 },
      payload: [{ name: 'Here', availability_status: 'online' }],
    });
  });
});
