import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountFixture, call, createAccount } from '../../test/fixtures/account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { openRelabeling } from '../automation/relabel.ts';

const {
  agentListLabels,
  agentCreateLabel,
  agentGetLabel,
  agentUpdateLabel,
  agentDeleteLabel,
  agentListConversationLabels,
  agentSetConversationLabels,
} = agentApi;

interface Label {
  id: number;
  title: string;
}

describe.each(engines)('labels on %s', (engine) => {
  let server: TestServer;
  let fixture: AccountFixture;
  let own: { account_id: number };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    fixture = await createAccount(server);
    own = { account_id: fixture.account_id };
  });
  afterAll(() => server.stop());

  const create = (body: unknown) =>
    call<Label>(server, agentCreateLabel, { as: fixture.administrator, params: own, body });
  const change = (id: number, body: unknown) =>
    call<Label>(server, agentUpdateLabel, { as: fixture.administrator, params: { ...own, id }, body });
  const list = async (as = fixture.member) =>
    (await call<{ payload: Label[] }>(server, agentListLabels, { as, params: own })).body.payload;

  it('have a lower-case title and the default colour', async () => {
    const { body } = await create({ label: { title: ' VIP ', description: 'Be kind' } });
    expect(body).toEqual({
      id: body.id,
      title: 'vip',
      description: 'Be kind',
      color: '#1f93ff',
      show_on_sidebar: null,
    });
    const other = await create({ title: 'größe_1', color: '#000000', show_on_sidebar: true });
    expect(other.body).toMatchObject({ color: '#000000', show_on_sidebar: true, description: null });
    expect((await list()).map(({ title }) => title)).toEqual(['größe_1', 'vip']);
    const shown = { as: fixture.administrator, params: { ...own, id: body.id } };
    expect((await call(server, agentGetLabel, shown)).body).toEqual(body);
  });

  it.each(['', ' ', 'x', '_x', '-x', 'a,b', 'VIP', 'ab\n'])('refuse the title %j', async (title) => {
    const answer = await create({ title });
    if (title === 'ab\n') expect(answer.body.title).toBe('ab');
    else expect(answer).toMatchObject({ status: 422, body: { attributes: ['title'] } });
  });

  describe('of conversations and contacts', () => {
    let conversation_id: number;

    beforeAll(async () => {
      const base = `${server.url}/public/api/v1/inboxes/${fixture.inbox.identifier}/contacts`;
      const { source_id } = (await (await fetch(base, { method: 'POST' })).json()) as { source_id: string };
      const started = await fetch(`${base}/${source_id}/conversations`, { method: 'POST' });
      conversation_id = ((await started.json()) as { id: number }).id;
    });

    const carry = (labels: string[]) =>
      call(server, agentSetConversationLabels, {
        as: fixture.member,
        params: { ...own, conversation_id },
        body: { labels },
      });
    const carried = async () =>
      (
        await call<{ payload: string[] }>(server, agentListConversationLabels, {
          as: fixture.member,
          params: { ...own, conversation_id },
        })
      ).body.payload;
    const findable = async (label: string) => {
      const path = `/api/v1/accounts/${fixture.account_id}/conversations?status=all&labels[]=${label}`;
      const answer = await fetch(server.url + path, {
        headers: { api_access_token: fixture.administrator.access_token },
      });
      return ((await answer.json()) as { data: { payload: unknown[] } }).data.payload.length;
    };
    const pending = () => server.app.db.all(server.app.db.q.selectFrom('label_changes').select('id'));

    it('are renamed with their label, with an event for each conversation', async () => {
      const { body } = await create({ title: 'old-name' });
      await carry(['vip', 'old-name', 'elsewhere']);
      const heard: string[][] = [];
      const stop = server.app.bus.subscribe((notice) => {
        if ('recorded' in notice)
          for (const { event, payload, stream } of notice.recorded)
            if (event === 'conversation.updated' && stream.startsWith('inbox'))
              heard.push(JSON.parse(payload).data.labels);
      });
      await change(body.id, { title: 'New-Name' });
      await expect.poll(carried).toEqual(['vip', 'new-name', 'elsewhere']);
      await expect.poll(pending).toEqual([]);
      stop();
      expect(heard).toEqual([['vip', 'new-name', 'elsewhere']]);
      expect(await findable('new-name')).toBe(1);
      expect(await findable('old-name')).toBe(0);
    });

    it('are merged when both titles were present', async () => {
      const { body } = await create({ title: 'twin' });
      await carry(['twin', 'only']);
      await change(body.id, { title: 'only' });
      await expect.poll(carried).toEqual(['only']);
    });

    it('are removed when their label is deleted', async () => {
      const { body } = await create({ title: 'doomed' });
      await carry(['doomed', 'stays']);
      expect(
        (await call(server, agentDeleteLabel, { as: fixture.administrator, params: { ...own, id: body.id } }))
          .status,
      ).toBe(200);
      await expect.poll(carried).toEqual(['stays']);
      expect(await findable('doomed')).toBe(0);
      expect((await list()).map(({ title }) => title)).not.toContain('doomed');
    });

    it('are normalized to the account’s spelling at every endpoint', async () => {
      await create({ title: 'Café_Süd' });
      await carry([' Café_Süd', 'CAFE_SUD', 'Ｂｉｇ  Order', 'big-order', ' ']);
      expect(await carried()).toEqual(['café_süd', 'big-order']);
      for (const label of ['café_süd', 'Cafe\u0301_SU\u0308D', 'BIG ORDER'])
        expect([label, await findable(encodeURIComponent(label))]).toEqual([label, 1]);
      for (const [operator, value, count] of [
        ['equal_to', 'CAFE_sud', 1],
        ['equal_to', 'cafe', 0],
        ['not_equal_to', 'Big Order', 0],
      ] as const) {
        const { body } = await call<{ payload: unknown[] }>(server, agentApi.agentFilterConversations, {
          as: fixture.administrator,
          params: own,
          body: { payload: [{ attribute_key: 'labels', filter_operator: operator, values: [value] }] },
        });
        expect([operator, value, body.payload.length]).toEqual([operator, value, count]);
      }
      expect(await create({ title: 'cafe_sud' })).toMatchObject({
        status: 422,
        body: { attributes: ['title'] },
      });
    });

    it('of an older version are normalized', async () => {
      await carry(['stays']);
      const { db } = server.app;
      await db.run(
        db.q.updateTable('conversation_labels').set({ label: 'Not Spelled' }).where('label', '=', 'stays'),
      );
      await db.run(db.q.updateTable('conversations').set({ labels: '["Not Spelled"]' }));
      await db.write((tx) => tx.insertMany('label_spellings_due', [own]));
      const relabeling = openRelabeling(server.app);
      await expect.poll(carried).toEqual(['not-spelled']);
      await expect.poll(pending).toEqual([]);
      await relabeling.close();
    });

    it('are processed by the next server that starts', async () => {
      await carry(['left-over', 'stays']);
      const row = { ...own, id: 999, title: 'left-over', new_title: null, created_at: 0 };
      await server.app.db.write((tx) => tx.insertMany('label_changes', [row]));
      const relabeling = openRelabeling(server.app);
      await expect.poll(carried).toEqual(['stays']);
      await relabeling.close();
    });
  });

  it('emit a new cache key', async () => {
    const told: string[] = [];
    const stop = server.app.bus.subscribe((notice) => {
      if ('recorded' in notice)
        for (const { event, payload } of notice.recorded)
          if (event === 'account.cache_invalidated') told.push(JSON.parse(payload).data.cache_keys.label);
    });
    const { body } = await create({ title: 'told' });
    await change(body.id, { color: '#123456' });
    stop();
    expect(new Set(told).size).toBe(2);
  });
});
