/**
 * Messages on their way: shown at once, sent one after another per conversation, kept with their text until the server
 * has them. Every one has an `echo_id`, so that sending again after a lost answer writes nothing twice.
 */
import { type AgentMessage, HooryError } from '@hoory/client';

export interface Pending {
  echo_id: string;
  conversation_id: number;
  content: string;
  private: boolean;
  files: readonly File[];
  in_reply_to?: number;
  /** Unix seconds. */
  created_at: number;
  state: 'sending' | 'failed';
  /** Of the upload, 0 to 1. */
  progress: number;
  error?: unknown;
}

export type NewMessage = Pick<Pending, 'conversation_id' | 'content' | 'private' | 'files' | 'in_reply_to'>;

export interface Outbox {
  readonly all: readonly Pending[];
  subscribe(changed: () => void): () => void;
  send(message: NewMessage): void;
  /** Sends one again that failed. */
  retry(echo_id: string): void;
  discard(echo_id: string): void;
  /** The own message came as an event, which may be before the answer: it does not stand there twice. */
  heard(message: Pick<AgentMessage, 'conversation_id' | 'content' | 'private'>): void;
  /** The server can be reached again: sends what failed for want of it. */
  wake(): void;
}

export interface OutboxOptions {
  post: (message: Pending, progress: (done: number) => void) => Promise<AgentMessage>;
  /** The server has it. */
  sent: (message: AgentMessage) => void;
  /** Keeps the texts over a reload; files cannot be kept. */
  keep: (text: string | undefined) => void;
  kept: string | undefined;
}

export function createOutbox({ post, sent, keep, kept }: OutboxOptions): Outbox {
  let all: readonly Pending[] = restore(kept);
  const listeners = new Set<() => void>();
  const busy = new Set<number>();

  const set = (next: readonly Pending[]) => {
    all = next;
    keep(all.length ? JSON.stringify(all.map(({ files: _, error: __, ...rest }) => rest)) : undefined);
    for (const changed of listeners) changed();
  };
  const patch = (echo_id: string, change: Partial<Pending>) =>
    set(all.map((one) => (one.echo_id === echo_id ? { ...one, ...change } : one)));

  /** Later messages of a conversation wait for the earlier ones. */
  async function work(conversation_id: number): Promise<void> {
    if (busy.has(conversation_id)) return;
    busy.add(conversation_id);
    for (;;) {
      const next = all.find((one) => one.conversation_id === conversation_id && one.state === 'sending');
      if (!next) break;
      const { echo_id } = next;
      try {
        const message = await post(next, (progress) => patch(echo_id, { progress }));
        sent(message);
        set(all.filter((one) => one.echo_id !== echo_id));
      } catch (error) {
        patch(echo_id, { state: 'failed', error });
        // Without a connection those behind would only fail as well, and out of order.
        if (error instanceof HooryError && error.temporary) break;
      }
    }
    busy.delete(conversation_id);
  }

  function retry(echo_id: string): void {
    patch(echo_id, { state: 'sending', progress: 0, error: undefined });
    const one = all.find((message) => message.echo_id === echo_id);
    if (one) void work(one.conversation_id);
  }

  return {
    get all() {
      return all;
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    send(message) {
      const created_at = Math.floor(Date.now() / 1000);
      set([...all, { ...message, echo_id: crypto.randomUUID(), created_at, state: 'sending', progress: 0 }]);
      void work(message.conversation_id);
    },
    retry,
    discard: (echo_id) => set(all.filter((one) => one.echo_id !== echo_id)),
    heard({ conversation_id, content, private: isPrivate }) {
      const here = all.find(
        (one) =>
          one.state === 'sending' &&
          one.conversation_id === conversation_id &&
          one.content === (content ?? '') &&
          one.private === isPrivate,
      );
      if (here) set(all.filter((one) => one !== here));
    },
    wake() {
      for (const { echo_id, error } of all)
        if (error instanceof HooryError && error.temporary) retry(echo_id);
    },
  };
}

/** What was under way when the page was closed is for the agent to send again. */
function restore(kept: string | undefined): Pending[] {
  try {
    const list = JSON.parse(kept ?? '[]') as Pending[];
    return list.map((one) => ({ ...one, files: [], state: 'failed' }));
  } catch {
    return [];
  }
}
