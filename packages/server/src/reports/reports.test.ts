/** Reports, live counts and surveys, through HTTP on every database. */
import { agentApi as api, clientApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/fixtures/call.ts';
import { createTestAccount, type TestAccount } from '../../test/fixtures/test-account.ts';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { clockOf, fixedClock } from '../time.ts';
import { bucketStart, listBucketStarts } from './buckets.ts';

const hour = 3_600_000;
/** A Sunday. */
const start = Date.parse('2026-03-01T00:00:00Z');

describe('buckets of time', () => {
  const span = (since: string, until: string, offset = 0) => ({
    since: Date.parse(since),
    until: Date.parse(until),
    clock: fixedClock(offset * hour),
  });
  const days = (starts: number[]) => starts.map((one) => new Date(one).toISOString().slice(0, 13));

  it('begin at midnight in the reader’s time zone', () => {
    expect(days(listBucketStarts('day', span('2026-03-01T20:00Z', '2026-03-02T20:00Z', 5.5)))).toEqual([
      '2026-03-02T00',
      '2026-03-03T00',
    ]);
  });

  it('begin at midnight on both sides of a change of the clock', () => {
    const clock = clockOf('Europe/Berlin');
    const span = { since: Date.parse('2026-03-27T23:00Z'), until: Date.parse('2026-03-30T22:00Z'), clock };
    const starts = listBucketStarts('day', span).map((local) => new Date(clock.toUtc(local)).toISOString());
    expect(starts.map((time) => time.slice(5, 16))).toEqual(['03-27T23:00', '03-28T23:00', '03-29T22:00']);
  });

  it('cover the span, weeks from Sunday', () => {
    expect(days(listBucketStarts('week', span('2026-03-05T00:00Z', '2026-03-09T00:00Z')))).toEqual([
      '2026-03-01T00',
      '2026-03-08T00',
    ]);
    expect(listBucketStarts('month', span('2026-01-31T00:00Z', '2026-03-01T00:00Z'))).toHaveLength(2);
    expect(listBucketStarts('year', span('2025-12-31T00:00Z', '2026-01-02T00:00Z'))).toHaveLength(2);
    expect(bucketStart('hour', start + hour - 1)).toBe(start);
  });

  it('are limited in number', () => {
    expect(() => listBucketStarts('hour', span('2020-01-01T00:00Z', '2026-01-01T00:00Z'))).toThrow(
      /too many points/,
    );
  });
});

describe.each(engines)('reports on %s', (engine) => {
  let server: TestServer;
  let own: TestAccount;
  let account_id: number;
  let clock = start;

  beforeAll(async () => {
    server = await startTestServer({ engine, now: () => clock });
    own = await createTestAccount(server.app);
    account_id = own.account.id;
    await server.app.db.run(server.app.db.q.updateTable('inboxes').set({ csat_survey_enabled: 1 }));
    await workDay();
  });
  afterAll(() => server.stop());

  async function converse(inbox = own.inbox) {
    const as = callerOf(server.url, '');
    const at = { inbox_identifier: inbox.identifier };
    const { source_id } = await as(clientApi.createContact, { ...at, name: 'Ann' });
    const place = { ...at, contact_identifier: source_id };
    const { id } = await as(clientApi.createConversation, place);
    const on = { account_id, conversation_id: id };
    return {
      id,
      ask: (content: string) => as(clientApi.postMessage, { ...place, conversation_id: id, content }),
      answer: (content: string) => own.as.agent(api.agentPostMessage, { ...on, content }),
      note: () => own.as.agent(api.agentPostMessage, { ...on, content: 'x', private: true }),
      resolve: () => own.as.administrator(api.agentToggleStatus, { ...on, status: 'resolved' as const }),
      rate: async (rating: number) => {
        const messages = await as(clientApi.listMessages, { ...place, conversation_id: id });
        const survey = messages.find(({ content_type }) => content_type === 'input_csat');
        await as(clientApi.updateMessage, {
          ...place,
          conversation_id: id,
          message_id: survey?.id ?? 0,
          submitted_values: { csat_survey_response: { rating, feedback_message: `${rating} of 5` } } as never,
        });
      },
    };
  }

  /** At 0h one asks, is answered after 60 s, asks again, is answered after 30 s and resolved; at 26h another only asks. */
  async function workDay(): Promise<void> {
    const first = await converse();
    await first.ask('Where is it?');
    clock += 60_000;
    await first.answer('On its way');
    await first.note();
    clock += 1000;
    await first.ask('When?');
    clock += 30_000;
    await first.answer('Tomorrow');
    await own.as.administrator(api.agentAssignConversation, {
      account_id,
      conversation_id: first.id,
      assignee_id: own.agent.id,
    });
    await own.as.administrator(api.agentSetConversationLabels, {
      account_id,
      conversation_id: first.id,
      labels: ['vip'],
    });
    clock += 9000;
    await first.resolve();
    await first.rate(5);
    clock = start + 26 * hour;
    const second = await converse(own.hidden);
    await second.ask('Anybody?');
    clock = start + 48 * hour;
  }

  const seconds = (time: number) => Math.floor(time / 1000);
  const span = { since: seconds(start), until: seconds(start + 48 * hour) };
  const report = (metric: string, more: object = {}) =>
    own.as.administrator(api.agentGetReport, { account_id, metric: metric as never, ...span, ...more });
  const values = async (...given: Parameters<typeof report>) =>
    (await report(...given)).map(({ value }) => value);

  it('count by day, with the days without events', async () => {
    expect(await report('conversations_count')).toEqual([
      { value: 1, timestamp: seconds(start) },
      { value: 1, timestamp: seconds(start + 24 * hour) },
    ]);
    expect(await values('incoming_messages_count')).toEqual([2, 1]);
    expect(await values('outgoing_messages_count')).toEqual([2, 0]);
    expect(await values('resolutions_count')).toEqual([1, 0]);
    expect(await values('bot_resolutions_count')).toEqual([0, 0]);
    expect(await values('bot_handoffs_count')).toEqual([0, 0]);
  });

  it('average durations in seconds', async () => {
    expect((await report('avg_first_response_time'))[0]).toMatchObject({ value: 60, count: 1 });
    expect((await report('reply_time'))[0]).toMatchObject({ value: 45, count: 2 });
    expect((await report('avg_resolution_time'))[0]).toMatchObject({ value: 100, count: 1 });
    expect((await report('avg_resolution_time'))[1]).toMatchObject({ value: 0, count: 0 });
  });

  it('group by the reader’s time zone', async () => {
    const west = await report('conversations_count', { timezone_offset: -3 });
    expect(west).toEqual([
      { value: 1, timestamp: seconds(start - 21 * hour) },
      { value: 1, timestamp: seconds(start + 3 * hour) },
      { value: 0, timestamp: seconds(start + 27 * hour) },
    ]);
    expect(await report('conversations_count', { timezone: 'America/Sao_Paulo' })).toEqual(west);
    expect((await report('conversations_count', { timezone: 'Asia/Kolkata' }))[0]?.timestamp).toBe(
      seconds(start - 5.5 * hour),
    );
    expect(await values('conversations_count', { group_by: 'month' })).toEqual([2]);
    expect(await report('conversations_count', { group_by: 'hour' })).toHaveLength(48);
  });

  it('are limited to an inbox, an agent, a label or a team', async () => {
    const about = async (type: string, id: number, metric = 'conversations_count') =>
      (await values(metric, { type, id })).reduce((sum, value) => sum + value, 0);
    expect(await about('inbox', own.inbox.id)).toBe(1);
    expect(await about('inbox', own.inbox.id, 'incoming_messages_count')).toBe(2);
    expect(await about('agent', own.agent.id)).toBe(1);
    expect(await about('agent', own.agent.id, 'outgoing_messages_count')).toBe(2);
    expect(await about('agent', own.agent.id, 'reply_time')).toBe(45);
    expect(await about('agent', own.administrator.id)).toBe(0);
    const label = await own.as.administrator(api.agentCreateLabel, { account_id, title: 'vip' });
    expect(await about('label', label.id)).toBe(1);
    expect(await about('label', label.id, 'resolutions_count')).toBe(1);
    const team = await own.as.administrator(api.agentCreateTeam, { account_id, name: 'crew' });
    expect(await about('team', team.id, 'incoming_messages_count')).toBe(0);
    for (const type of ['inbox', 'agent', 'label', 'team']) {
      const absent = { account_id, metric: 'conversations_count', type, id: 999 };
      expect((await own.as.administrator.raw(api.agentGetReport, absent)).status).toBe(404);
    }
  });

  it('summarise a span and the one before it', async () => {
    const later = { since: span.until, until: span.until + 48 * 3600 };
    const summary = await own.as.administrator(api.agentGetReportSummary, { account_id, ...later });
    const nothing = {
      conversations_count: 0,
      incoming_messages_count: 0,
      outgoing_messages_count: 0,
      avg_first_response_time: null,
      avg_resolution_time: null,
      resolutions_count: 0,
      reply_time: null,
    };
    expect(summary).toEqual({
      ...nothing,
      previous: {
        conversations_count: 2,
        incoming_messages_count: 3,
        outgoing_messages_count: 2,
        avg_first_response_time: 60,
        avg_resolution_time: 100,
        resolutions_count: 1,
        reply_time: 45,
      },
    });
  });

  it('show the current numbers of the account and of each agent', async () => {
    const ask = (type?: 'account' | 'agent') =>
      own.as.administrator.raw(api.agentGetConversationMetrics, { account_id, ...(type && { type }) });
    const now = { open: 1, unattended: 1, unassigned: 1, pending: 0 };
    expect((await ask('account')).body).toEqual(now);
    expect((await ask('agent')).body).toMatchObject([
      { id: own.administrator.id, metric: { open: 0, unattended: 0 } },
      { id: own.agent.id, availability: 'offline', metric: { open: 0, unattended: 0 } },
    ]);
    expect((await ask()).status).toBe(422);
    expect(await own.as.administrator(api.agentGetLiveMetrics, { account_id })).toEqual(now);
    const absent = { account_id, team_id: 999 };
    expect((await own.as.administrator.raw(api.agentGetLiveMetrics, absent)).status).toBe(404);
  });

  it('refuse invalid input', async () => {
    const ask = async (input: object) =>
      (await own.as.administrator.raw(api.agentGetReport, { account_id, ...input })).status;
    expect(await ask({})).toBe(422);
    expect(await ask({ metric: 'happiness' })).toBe(422);
    expect(await ask({ metric: 'reply_time', since: 0, group_by: 'hour' })).toBe(422);
    expect(await ask({ metric: 'reply_time' })).toBe(200);
  });

  it('list and count the answers to surveys', async () => {
    const list = (filters: object = {}) =>
      own.as.administrator(api.agentListCsatAnswers, { account_id, ...filters });
    expect(await list()).toMatchObject([
      {
        rating: 5,
        feedback_message: '5 of 5',
        account_id,
        contact: { name: 'Ann' },
        assigned_agent: { id: own.agent.id },
        conversation_id: 1,
      },
    ]);
    expect(await list({ rating: 4 })).toEqual([]);
    expect(await list({ page: 2 })).toEqual([]);
    expect(await list({ inbox_id: own.hidden.id })).toEqual([]);
    expect(await list({ user_ids: own.agent.id as never })).toHaveLength(1);
    expect(await list({ user_ids: own.administrator.id as never })).toEqual([]);
    expect(await list({ since: span.until })).toEqual([]);
    const metrics = await own.as.administrator(api.agentGetCsatMetrics, { account_id });
    expect(metrics).toEqual({ total_count: 1, ratings_count: { 5: 1 }, total_sent_messages_count: 1 });
  });

  it('count durations within working hours with business_hours', async () => {
    await own.as.administrator(api.agentUpdateInbox, {
      account_id,
      id: own.inbox.id,
      working_hours_enabled: true,
      timezone: 'Europe/Berlin',
    });
    // A Monday, an hour before the inbox opens.
    clock = Date.parse('2026-03-09T07:00:00Z');
    const since = seconds(clock);
    const { ask, answer, resolve } = await converse();
    await ask('Anybody?');
    clock += 90 * 60_000;
    await answer('Good morning');
    clock += 24 * hour;
    await resolve();
    const later = { since, until: seconds(clock + 1000), group_by: 'year' as const };
    const both = async (metric: string) => [
      await values(metric, later),
      await values(metric, { ...later, business_hours: true }),
    ];
    expect(await both('avg_first_response_time')).toEqual([[5400], [1800]]);
    expect(await both('avg_resolution_time')).toEqual([[91_800], [30_600]]);
    expect(await both('resolutions_count')).toEqual([[1], [1]]);
    const summary = (business_hours: boolean) =>
      own.as.administrator(api.agentGetReportSummary, {
        account_id,
        since,
        until: later.until,
        business_hours,
      });
    expect(await summary(false)).toMatchObject({ reply_time: 5400, avg_resolution_time: 91_800 });
    expect(await summary(true)).toMatchObject({ reply_time: 1800, avg_resolution_time: 30_600 });
  });
});
