/** A bot written with the published client: hears every message once, also after the server was away, and answers. */
import { agentRoom, Cable, createAgentClient, createClient, memoryStorage } from '@hoory/client';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../src/main.ts';
import { createTestAccount } from './fixtures/test-account.ts';
import { freshConfig } from './server.ts';

const timeouts = { retry: { minMs: 50, maxMs: 200 } };
const soon = { timeout: 30_000 };

test('a bot answers every message once, across a restart', async () => {
  const { config, release } = await freshConfig();
  let server = await startServer(config);
  const base = server.app.url();
  const { account, agent: user, inbox } = await createTestAccount(server.app);
  const account_id = account.id;

  const agent = createAgentClient({ base, accessToken: user.access_token });
  const cable = new Cable({ base, WebSocket, timeouts });
  const room = cable.subscribe(await agentRoom(agent, account_id));
  room.on('message.created', async (message) => {
    if (message.message_type !== 0) return;
    await vi.waitFor(
      () =>
        agent.call('POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages', {
          account_id,
          conversation_id: message.conversation_id,
          content: `You said: ${message.content}`,
          echo_id: `reply-to-${message.id}`,
        }),
      soon,
    );
  });

  const client = createClient({
    base,
    inbox: inbox.identifier,
    storage: memoryStorage(),
    WebSocket,
    timeouts,
  });
  const conversation = client.conversation();
  const answers = () =>
    conversation
      .getState()
      .messages.filter(({ message_type }) => message_type === 1)
      .map(({ content }) => content);
  await client.open();
  await vi.waitFor(() => expect(room.state).toBe('live'), soon);
  conversation.send('Hello');
  await vi.waitFor(() => expect(answers()).toEqual(['You said: Hello']), soon);

  await server.close();
  conversation.send('Are you there?');
  server = await startServer({ ...config, port: Number(new URL(base).port) });
  await vi.waitFor(() => expect(answers()).toEqual(['You said: Hello', 'You said: Are you there?']), soon);

  cable.close();
  client.close();
  await server.close();
  await release();
});
