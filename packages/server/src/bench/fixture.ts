/** What a measurement writes to: an account, an inbox, and one conversation for each connection. */
import type { App } from '../app.ts';
import { newPassword } from '../auth/password.ts';
import { setUp } from '../setup.ts';

/** Paths to post to, one conversation each, in a data folder of the measurement's own. */
export async function conversationPaths(app: App, count: number): Promise<string[]> {
  const { inbox } = await setUp(app, {
    account: 'Bench',
    email: 'bench@example.test',
    password: newPassword(),
    inbox: 'Bench',
  });
  const base = `/public/api/v1/inboxes/${inbox.identifier}/contacts`;
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { source_id } = await post<{ source_id: string }>(app, base);
      const { id } = await post<{ id: number }>(app, `${base}/${source_id}/conversations`);
      return `${base}/${source_id}/conversations/${id}/messages`;
    }),
  );
}

async function post<Answer>(app: App, path: string): Promise<Answer> {
  const response = await fetch(app.url() + path, { method: 'POST' });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}`);
  return (await response.json()) as Answer;
}
