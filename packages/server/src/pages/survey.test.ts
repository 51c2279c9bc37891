/** The page of a survey through HTTP, as a browser asks for it and sends its form; `examples/chat/test` looks at it in one. */
import type { Conversation, CsatSurvey } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../../test/fixtures/client-api-server.ts';
import { engines } from '../../test/server.ts';

describe.each(engines)('the page of a survey on %s', (engine) => {
  let server: ClientApiServer;
  let now = Date.now();
  beforeAll(async () => {
    server = await startClientApiServer({ engine, now: () => now, inbox: { csat_survey_enabled: 1 } });
  });
  afterAll(() => server.stop());

  /** The uuid of a conversation that was resolved, and so asks. */
  const resolved = async () => {
    const { place, conversation } = await server.createConversation();
    await server.call<Conversation>('toggleStatus', place);
    return conversation.uuid;
  };
  const open = (uuid: string, language = 'en') =>
    fetch(`${server.url}/survey/responses/${uuid}`, { headers: { 'accept-language': language } });
  const text = async (uuid: string, language?: string) => (await open(uuid, language)).text();
  const send = (uuid: string, fields: Record<string, string>) =>
    fetch(`${server.url}/survey/responses/${uuid}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(fields),
    });
  const kept = async (conversation_uuid: string) =>
    (await server.call<CsatSurvey>('getCsatSurvey', { conversation_uuid })).body.csat_survey_response;

  it('shows the form, stores the answer, redirects to itself, and allows changes', async () => {
    const uuid = await resolved();
    expect(await text(uuid)).toContain('<h1 dir="auto">Please rate this conversation</h1>');
    const answer = await send(uuid, { rating: '4', feedback_message: ' Quick\0 <b>reply</b> ' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/survey/responses/${uuid}`]);
    expect(await kept(uuid)).toMatchObject({ rating: 4, feedback_message: 'Quick <b>reply</b>' });
    const thanks = await text(uuid);
    expect(thanks).toContain('Thank you, we have your answer.');
    expect(thanks).toContain('Quick &lt;b&gt;reply');
    expect(thanks).toMatch(/value="4"[^>]* checked/);
    await send(uuid, { rating: '2', feedback_message: '' });
    expect(await kept(uuid)).toMatchObject({ rating: 2, feedback_message: null });
  });

  it.each(['', '6', 'good'])('keeps nothing but the words when the rating is "%s"', async (rating) => {
    const uuid = await resolved();
    const answer = await send(uuid, { rating, feedback_message: 'Long in the writing' });
    expect(answer.status).toBe(422);
    const again = await answer.text();
    expect(again).toContain('role="alert"');
    expect(again).toContain('Long in the writing</textarea>');
    expect(await kept(uuid)).toBeNull();
  });

  it('is closed after 14 days, and still shows the answer', async () => {
    const [answered, late] = [await resolved(), await resolved()];
    await send(answered, { rating: '5' });
    now += 14 * 86_400_000 + 1;
    for (const uuid of [answered, late]) {
      const page = await text(uuid);
      expect(page).toContain('This survey is closed.');
      expect(page).not.toContain('<form');
    }
    expect(await text(answered)).toContain('5 of 5');
    const refused = await send(late, { rating: '5' });
    expect([refused.status, await refused.text()]).toEqual([
      422,
      expect.stringContaining('This survey is closed.'),
    ]);
    expect(await kept(late)).toBeNull();
  });

  it('has the first known language of the browser, else that of the account', async () => {
    const uuid = await resolved();
    expect(await text(uuid, 'fr, es-MX;q=0.8')).toContain('<html lang="es" dir="ltr">');
    expect(await text(uuid, 'ar')).toContain('<html lang="ar" dir="rtl">');
    await server.app.db.run(server.app.db.q.updateTable('accounts').set({ locale: 'es' }));
    expect(await text(uuid, 'fr')).toContain('Valora esta conversación');
    await server.app.db.run(server.app.db.q.updateTable('accounts').set({ locale: 'en' }));
  });

  it('shows the inbox’s own question, escaped', async () => {
    await server.updateInbox({
      csat_config: JSON.stringify({ display_type: 'star', message: 'Was <i>Bo</i> kind?' }),
    });
    const page = await text(await resolved(), 'es');
    expect(page).toContain('Was &lt;i&gt;Bo&lt;/i&gt; kind?');
    expect(page).toContain('class="stars"');
  });

  it('sends no referrer, runs no script, and cannot be framed', async () => {
    const { headers } = await open(await resolved());
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
  });

  it('is not found without a survey', async () => {
    const { conversation } = await server.createConversation();
    for (const uuid of [conversation.uuid, 'nothing', '%00']) {
      const answer = await open(uuid);
      expect([uuid, answer.status]).toEqual([uuid, 404]);
      expect(await answer.text()).toContain('There is no survey at this address');
    }
    expect((await send('nothing', { rating: '3' })).status).toBe(404);
  });
});
