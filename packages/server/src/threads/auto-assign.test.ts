/** The queue of conversations that wait for an agent, when its process stops. */
import { agentApi } from '@hoory/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converse } from '../../test/conversing.ts';
import { call, type Office, openOffice } from '../../test/office.ts';
import { engines, type Fresh, freshConfig, type TestServer } from '../../test/server.ts';
import { openApp, startServer } from '../main.ts';
import { openAutoAssignment } from './auto-assign.ts';

describe.each(engines)('the queue for agents on %s', (engine) => {
  let fresh: Fresh;
  let office: Office;
  let app: Awaited<ReturnType<typeof openApp>>;

  beforeAll(async () => {
    fresh = await freshConfig(engine);
    const started = await startServer(fresh.config);
    const server: TestServer = { ...started, ...fresh, url: started.app.url(), stop: fresh.release };
    office = await openOffice(server);
    await call(server, agentApi.agentUpdateInbox, {
      as: office.administrator,
      params: { account_id: office.account_id, id: office.inbox.id },
      body: { enable_auto_assignment: false },
    });
    for (let count = 0; count < 3; count++) await converse(server, office);
    await started.close();
    app = await openApp(fresh.config);
  });
  afterAll(async () => {
    await app.close();
    await fresh.release();
  });

  const queued = () => app.db.all(app.db.q.selectFrom('assignment_queue').selectAll());

  it('is left at once when the process stops, and worked off by the next one', async () => {
    const conversations = await app.db.all(app.db.q.selectFrom('conversations').select('id'));
    await app.db.write((tx) =>
      tx.insertMany(
        'assignment_queue',
        conversations.map(({ id }) => ({ conversation_id: id, created_at: 1 })),
      ),
    );
    await app.presence.see(office.account_id, 'user', office.member.id);
    const stopping = openAutoAssignment(app);
    void stopping.work();
    await stopping.close();
    expect(await queued()).toHaveLength(3);

    const next = openAutoAssignment(app);
    await next.work();
    await next.close();
    expect(await queued()).toEqual([]);
    const rows = await app.db.all(app.db.q.selectFrom('conversations').select('assignee_id'));
    expect(rows.map(({ assignee_id }) => assignee_id)).toEqual(Array(3).fill(office.member.id));
  });
});
