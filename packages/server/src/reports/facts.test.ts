/** Facts of reports equal a count of the stored rows after any work, on every database. */
import {
  agentApi as api,
  clientApi,
  type Endpoint,
  type Input,
  type Output,
  reportMetrics,
} from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/fixtures/call.ts';
import { createRandom } from '../../test/fixtures/random.ts';
import { type Counted, countRows, loadRows, type StoredRows } from '../../test/fixtures/report-scan.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';

const minute = 60_000;
const start = Date.parse('2026-03-26T20:10:00Z');
const labels = ['vip', 'new', 'late'];
/** Whole hours with a change of the clock within the work, half an hour, three quarters. */
const zones = [{}, { timezone: 'Europe/Berlin' }, { timezone: 'Asia/Kolkata' }, { timezone_offset: 5.75 }];

interface Talk {
  id: number;
  contact_id: number;
  place: { inbox_identifier: string; contact_identifier: string; conversation_id: number };
}

describe.each(engines)('facts of reports on %s', (engine) => {
  const random = createRandom(engine === 'sqlite' ? 11 : 12);
  let clock = start;
  let server: TestServer;
  let own: TestAccount;
  let teams: number[];
  let spare: number;
  /** 0 is nobody. */
  let assignees: number[];
  let inboxes: TestAccount['inbox'][];
  let talks: Talk[] = [];

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    own = await createTestAccount(server.app);
    inboxes = [own.inbox, own.hidden];
    await server.app.db.run(server.app.db.q.updateTable('inboxes').set({ csat_survey_enabled: 1 }));
    const inbox = { account_id: own.account.id, id: own.inbox.id, working_hours_enabled: true };
    await own.as.administrator(api.agentUpdateInbox, { ...inbox, timezone: 'Europe/Berlin' });
    teams = await Promise.all(
      ['one', 'two'].map(async (name) => (await call(api.agentCreateTeam, { name })).id),
    );
    for (const title of labels) await call(api.agentCreateLabel, { title });
    const { id } = await call(api.agentCreateAgent, {
      name: 'Spare',
      email: 'spare@team.test',
      role: 'agent',
    });
    spare = id;
    assignees = [0, own.agent.id, spare];
  }, 60_000);
  afterAll(() => server.stop());

  const asCustomer = () => callerOf(server.url, '');
  /** As administrator, in the account. */
  const call = <E extends Endpoint>(endpoint: E, input: object): Promise<Output<E>> =>
    own.as.administrator(endpoint, { account_id: own.account.id, ...input } as Input<E>);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const some = <Item>(items: readonly Item[]): Item[] => items.filter(() => random(2) === 0);

  async function begin(): Promise<Talk> {
    const at = { inbox_identifier: pick(inboxes).identifier };
    const { source_id, id: contact_id } = await asCustomer()(clientApi.createContact, { ...at, name: 'Ann' });
    const place = { ...at, contact_identifier: source_id };
    const { id } = await asCustomer()(clientApi.createConversation, place);
    const talk = { id, contact_id, place: { ...place, conversation_id: id } };
    talks.push(talk);
    return talk;
  }

  const post = (talk: Talk, input: object) =>
    call(api.agentPostMessage, { conversation_id: talk.id, content: 'x', ...input });

  const works: ((talk: Talk) => Promise<unknown>)[] = [
    begin,
    begin,
    (talk) => asCustomer()(clientApi.postMessage, { ...talk.place, content: 'Hello' }),
    (talk) => asCustomer()(clientApi.postMessage, { ...talk.place, content: 'Hello?' }),
    (talk) => post(talk, {}),
    (talk) => post(talk, { private: random(2) === 0 }),
    (talk) => own.as.agent.raw(api.agentPostMessage, at(talk, { content: 'Yes' })),
    (talk) => post(talk, { content_type: 'input_csat' }),
    (talk) => call(api.agentAssignConversation, at(talk, { assignee_id: pick(assignees) })),
    (talk) => call(api.agentAssignConversation, at(talk, { team_id: pick([0, ...teams]) })),
    (talk) => call(api.agentSetConversationLabels, at(talk, { labels: some(labels) })),
    ...(['resolved', 'open', 'pending', 'resolved'] as const).map(
      (status) => (talk: Talk) => call(api.agentToggleStatus, at(talk, { status })),
    ),
    rate,
    rate,
    deleteMessage,
    (talk) => (random(3) ? rate(talk) : remove(talk, api.agentDeleteConversation, at(talk, {}))),
    (talk) =>
      random(4)
        ? rate(talk)
        : remove(talk, api.agentDeleteContact, { id: talk.contact_id }, sameContact(talk)),
    merge,
  ];

  const at = (talk: Talk, input: object) => ({
    account_id: own.account.id,
    conversation_id: talk.id,
    ...input,
  });
  const sameContact = (talk: Talk) => talks.filter(({ contact_id }) => contact_id === talk.contact_id);

  async function rate(talk: Talk): Promise<void> {
    const messages = await asCustomer()(clientApi.listMessages, talk.place);
    const survey = messages.find(({ content_type }) => content_type === 'input_csat');
    if (!survey) return;
    const submitted_values = { csat_survey_response: { rating: 1 + random(5) } };
    await asCustomer().raw(clientApi.updateMessage, {
      ...talk.place,
      message_id: survey.id,
      submitted_values,
    });
  }

  async function deleteMessage(talk: Talk): Promise<void> {
    const messages = await asCustomer()(clientApi.listMessages, talk.place);
    const message = messages[random(messages.length || 1)];
    if (message) await call(api.agentDeleteMessage, at(talk, { message_id: message.id }));
  }

  async function remove(talk: Talk, endpoint: Endpoint, input: object, gone = [talk]): Promise<void> {
    await call(endpoint, input);
    talks = talks.filter((one) => !gone.includes(one));
  }

  async function merge(talk: Talk): Promise<void> {
    const other = pick(talks);
    if (other.contact_id === talk.contact_id) return;
    const merged = { base_contact_id: talk.contact_id, mergee_contact_id: other.contact_id };
    await call(api.agentMergeContacts, merged);
    for (const one of sameContact(other)) one.contact_id = talk.contact_id;
  }

  async function work(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      clock += random(4) ? random(2 * minute) : random(90 * minute);
      const talk = talks.length ? pick(talks) : await begin();
      await pick(works)(talk);
    }
  }

  /** Every report of the account for random spans, against a count of all rows. */
  async function expectTruth(): Promise<void> {
    const rows = await loadRows(server.app.db);
    const labelIds = await server.app.db.all(
      server.app.db.q.selectFrom('labels').select(['id', 'title']).where('account_id', '=', own.account.id),
    );
    const team_ids = rows.teams.map(({ id }) => id);
    const subjects: Subject[] = [
      { type: 'account', id: 0 },
      ...rows.inboxes.map(({ id }): Subject => ({ type: 'inbox', id })),
      ...rows.members.map(({ user_id }): Subject => ({ type: 'agent', id: user_id })),
      ...team_ids.map((id): Subject => ({ type: 'team', id })),
      ...labelIds.map(({ id, title }): Subject => ({ type: 'label', id, title })),
    ];
    for (const subject of subjects) {
      const business_hours = random(2) === 0;
      await expectSeries(rows, subject, business_hours);
      await expectSummary(rows, subject, business_hours);
    }
    await expectSurveys(rows, team_ids);
    await expectLive(rows, team_ids);
  }

  const randomSpan = () => {
    const ends = [0, 1].map(() => Math.floor((start + random(Math.max(1, clock - start + minute))) / 1000));
    return { since: Math.min(...ends), until: Math.max(...ends) + 1 };
  };

  type Subject = Counted['subject'];

  async function expectSeries(rows: StoredRows, subject: Subject, business_hours: boolean): Promise<void> {
    const metric = pick(reportMetrics);
    const { since, until } = randomSpan();
    const input = { metric, since, until, business_hours, group_by: pick(['hour', 'day', 'week', 'month']) };
    const zone = pick(zones);
    const { type, id } = subject;
    const points = await call(api.agentGetReport, { ...input, ...zone, type, id });
    const expected = points.map(({ timestamp }, index) => {
      const next = points[index + 1]?.timestamp ?? until;
      const interval = { since: Math.max(since, timestamp) * 1000, until: next * 1000 };
      return { timestamp, ...countRows(rows, { subject, interval, metric, business_hours }) };
    });
    expect({ ...input, ...zone, subject, points }).toEqual({ ...input, ...zone, subject, points: expected });
  }

  async function expectSummary(rows: StoredRows, subject: Subject, business_hours: boolean): Promise<void> {
    const { since, until } = randomSpan();
    const { type, id } = subject;
    const summary = await call(api.agentGetReportSummary, { since, until, business_hours, type, id });
    const totals = (from: number, to: number) =>
      Object.fromEntries(
        reportMetrics
          .filter((metric) => !metric.startsWith('bot_'))
          .map((metric) => {
            const interval = { since: from * 1000, until: to * 1000 };
            const { value, count } = countRows(rows, { subject, interval, metric, business_hours });
            return [metric, count === 0 ? null : value];
          }),
      );
    const previous = totals(since - (until - since), since);
    expect({ subject, summary }).toEqual({ subject, summary: { ...totals(since, until), previous } });
  }

  async function expectSurveys(rows: StoredRows, team_ids: readonly number[]): Promise<void> {
    const inbox_id = own.hidden.id;
    const teamFilters = team_ids.map((team_id) => ({ team_id }));
    const user_ids = `${own.agent.id},${spare}`;
    const combined = { inbox_id, user_ids, ...teamFilters[0] };
    for (const filter of [
      {},
      randomSpan(),
      { inbox_id },
      { user_ids },
      { rating: 4 },
      ...teamFilters,
      combined,
    ]) {
      const given = { since: undefined, until: undefined, ...filter };
      const meant = (row: { conversation_id: number; created_at: number }) => {
        const conversation = rows.conversations.find(({ id }) => id === row.conversation_id);
        return (
          row.created_at >= (given.since ?? 0) * 1000 &&
          row.created_at < (given.until ?? Infinity) * 1000 &&
          (!('inbox_id' in filter) || conversation?.inbox_id === filter.inbox_id) &&
          (!('team_id' in filter) || conversation?.team_id === filter.team_id)
        );
      };
      const answers = rows.answers.filter(
        (row) =>
          meant(row) &&
          (!('user_ids' in filter) || [own.agent.id, spare].includes(row.assigned_agent_id ?? 0)) &&
          (!('rating' in filter) || row.rating === filter.rating),
      );
      const ratings_count: Record<string, number> = {};
      for (const { rating } of answers) ratings_count[rating] = (ratings_count[rating] ?? 0) + 1;
      const surveys = rows.messages.filter((row) => row.content_type === 'input_csat' && meant(row));
      expect({ filter, metrics: await call(api.agentGetCsatMetrics, filter) }).toEqual({
        filter,
        metrics: {
          total_count: answers.length,
          ratings_count,
          total_sent_messages_count: surveys.length,
        },
      });
    }
  }

  async function expectLive({ conversations }: StoredRows, team_ids: readonly number[]): Promise<void> {
    const count = (rows: StoredRows['conversations']) => {
      const open = rows.filter(({ status }) => status === 'open');
      return {
        open: open.length,
        unattended: open.filter((row) => row.first_reply_created_at === null || row.waiting_since !== null)
          .length,
        unassigned: open.filter(({ assignee_id }) => assignee_id === null).length,
        pending: rows.filter(({ status }) => status === 'pending').length,
      };
    };
    expect(await call(api.agentGetLiveMetrics, {})).toEqual(count(conversations));
    for (const team_id of team_ids)
      expect(await call(api.agentGetLiveMetrics, { team_id })).toEqual(
        count(conversations.filter((row) => row.team_id === team_id)),
      );
    const agents = await call(api.agentGetConversationMetrics, { type: 'agent' });
    if (!Array.isArray(agents)) throw new Error('no list of agents');
    for (const { id, metric } of agents) {
      const { open, unattended } = count(conversations.filter(({ assignee_id }) => assignee_id === id));
      expect({ id, metric }).toEqual({ id, metric: { open, unattended } });
    }
  }

  it('follow random work', async () => {
    for (let round = 0; round < 6; round++) {
      await work(60);
      await expectTruth();
    }
  }, 240_000);

  it('follow a conversation that becomes a long one', async () => {
    const talk = await begin();
    await call(api.agentSetConversationLabels, at(talk, { labels: ['vip', 'new'] }));
    await call(api.agentAssignConversation, at(talk, { team_id: teams[0] }));
    for (let message = 0; message < 220; message++) {
      if (message % 40 === 0) clock += 20 * minute;
      await asCustomer()(clientApi.postMessage, { ...talk.place, content: 'Hello' });
    }
    await post(talk, {});
    await expectTruth();
    await call(api.agentSetConversationLabels, at(talk, { labels: ['late', 'new'] }));
    await call(api.agentAssignConversation, at(talk, { team_id: teams[1] }));
    await post(talk, {});
    await expectTruth();
    await remove(talk, api.agentDeleteConversation, at(talk, {}));
    await expectTruth();
  }, 120_000);

  it('follow deleted agents, teams, labels and inboxes', async () => {
    await call(api.agentDeleteAgent, { id: spare });
    assignees = [0, own.agent.id];
    await call(api.agentDeleteTeam, { id: teams.shift() });
    await expectTruth();
    const [vip, fresh] = await server.app.db.all(
      server.app.db.q.selectFrom('labels').select('id').where('title', 'in', ['vip', 'new']).orderBy('id'),
    );
    await call(api.agentUpdateLabel, { id: vip?.id, title: 'very-important' });
    await call(api.agentDeleteLabel, { id: fresh?.id });
    const { db } = server.app;
    await expect.poll(() => db.all(db.q.selectFrom('label_changes').select('id'))).toEqual([]);
    await expectTruth();
    await call(api.agentDeleteInbox, { id: own.hidden.id });
    inboxes = [own.inbox];
    talks = talks.filter(({ place }) => place.inbox_identifier === own.inbox.identifier);
    await expectTruth();
    await work(20);
    await expectTruth();
  }, 120_000);
});
