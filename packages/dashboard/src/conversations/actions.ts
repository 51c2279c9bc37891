/**
 * Actions on one conversation: shown at once, sent, and taken back when the server refuses. Actions that remove a
 * conversation from the list offer Undo for 8 seconds.
 */
import type { AgentMessage, ConversationStatus, Priority } from '@hoory/client';
import { useCallback, useMemo } from 'react';
import { api } from '../api/api.ts';
import type { Assignee } from '../live/conversation.ts';
import { useDesk } from '../live/desk.tsx';
import { putFetched } from '../live/fetch.ts';
import { type ConversationChange, changeOptimistically } from '../live/optimistic.ts';
import { defer } from '../session/deferred.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import { useMe } from './people.ts';
import { useConversationWords } from './words.ts';

/** Actions on a conversation by its id. */
export interface Actions {
  /** `snoozed_until` in unix seconds; null: until the customer writes. */
  setStatus(id: number, status: ConversationStatus, snoozed_until?: number | null): void;
  assign(id: number, assignee: Assignee | undefined): void;
  assignToMe(id: number): void;
  setTeam(id: number, team: { id: number; name: string } | undefined): void;
  setPriority(id: number, priority: Priority | null): void;
  setLabels(id: number, labels: readonly string[]): void;
  markUnread(id: number): void;
  mute(id: number, muted: boolean): void;
}

/** Shows a change at once, sends it, and shows a toast when the server refuses it and it is taken back. */
type WriteChange = (id: number, change: ConversationChange, send: () => Promise<unknown>) => void;

/** The actions for menus, buttons and keys, so that all three do the same. */
export function useActions(): Actions {
  const t = useConversationWords();
  const { store } = useDesk();
  const me = useMe();
  const showError = useErrorToast();
  const write: WriteChange = (id, change, send) =>
    void changeOptimistically(store, { id, change, send }).catch((error) =>
      showError(t('notChanged'), error),
    );
  const { assign, setTeam } = createAssignActions(write);
  return {
    setStatus: useSetStatus(write),
    assign,
    assignToMe: (id) => assign(id, me),
    setTeam,
    setPriority: (id, priority) =>
      write(id, { priority }, () =>
        api('POST /conversations/{conversation_id}/toggle_priority', { conversation_id: id, priority }),
      ),
    setLabels: (id, labels) =>
      write(id, { labels }, () =>
        api('POST /conversations/{conversation_id}/labels', { conversation_id: id, labels: [...labels] }),
      ),
    markUnread(id) {
      const unread_count = Math.max(1, store.state.conversations.get(id)?.unread_count ?? 1);
      write(id, { unread_count }, async () => {
        const record = await api('POST /conversations/{conversation_id}/unread', { conversation_id: id });
        store.update((state) => putFetched(state, [record], { conversations: new Set() }));
      });
    },
    mute: useMute(write),
  };
}

/** Id 0 unassigns. A bot needs its type beside the id, because ids of agents and bots overlap. */
const createAssignActions = (write: WriteChange): Pick<Actions, 'assign' | 'setTeam'> => ({
  assign: (id, assignee) =>
    write(id, { assignee }, () =>
      api('POST /conversations/{conversation_id}/assignments', {
        conversation_id: id,
        assignee_id: assignee?.id ?? 0,
        ...(assignee?.isBot && { assignee_type: 'AgentBot' }),
      }),
    ),
  setTeam: (id, team) =>
    write(id, { team }, () =>
      api('POST /conversations/{conversation_id}/assignments', {
        conversation_id: id,
        team_id: team?.id ?? 0,
      }),
    ),
});

const statusWords = { resolved: 'isResolved', snoozed: 'isSnoozed', pending: 'isPending' } as const;

/**
 * Undo restores the status before, with the time until which the conversation was snoozed. Reopening needs no Undo: the
 * conversation stays in sight.
 */
function useSetStatus(write: WriteChange): Actions['setStatus'] {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const put = (id: number, status: ConversationStatus, until?: number | null) => {
    const snoozed_until = until ? new Date(until * 1000).toISOString() : null;
    write(id, { status, snoozed_until }, () =>
      api('POST /conversations/{conversation_id}/toggle_status', {
        conversation_id: id,
        status,
        ...(status === 'snoozed' && { snoozed_until: until ?? null }),
      }),
    );
  };
  return (id, status, until) => {
    const before = store.state.conversations.get(id);
    put(id, status, until);
    if (status === 'open' || !before) return;
    const undo = () =>
      put(id, before.status, before.snoozed_until ? Date.parse(before.snoozed_until) / 1000 : null);
    showToast({
      title: t(statusWords[status], { name: before.contact.name }),
      action: { label: ui('undo'), run: undo },
    });
  };
}

/** Muting blocks the contact, which also resolves the conversation on the server. */
function useMute(write: WriteChange): Actions['mute'] {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const mute: Actions['mute'] = (id, muted) => {
    const contact = store.state.conversations.get(id)?.contact;
    if (!contact) return;
    write(id, { contact: { ...contact, blocked: muted }, ...(muted && { status: 'resolved' }) }, () =>
      muted
        ? api('POST /conversations/{conversation_id}/mute', { conversation_id: id })
        : api('POST /conversations/{conversation_id}/unmute', { conversation_id: id }),
    );
    if (muted)
      showToast({
        title: t('isMuted', { name: contact.name }),
        action: { label: ui('undo'), run: () => mute(id, false) },
      });
  };
  return mute;
}

/**
 * Returns a function that marks a conversation as read up to now. A failure is ignored: the next look at the conversation
 * repeats it.
 */
export function useMarkSeen(): (id: number) => void {
  const { store } = useDesk();
  return useCallback(
    (id) => {
      const now = Math.floor(Date.now() / 1000);
      const send = async () => {
        const touched = store.trackChanges();
        const record = await api('POST /conversations/{conversation_id}/update_last_seen', {
          conversation_id: id,
        });
        store.update((state) => putFetched(state, [record], touched));
      };
      changeOptimistically(store, { id, change: { unread_count: 0, agent_last_seen_at: now }, send }).catch(
        () => undefined,
      );
    },
    [store],
  );
}

/** Returns a function that deletes a message. The server cannot restore it, so the request is deferred until Undo is over. */
export function useDeleteMessage(): (message: AgentMessage) => void {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const showError = useErrorToast();
  return useMemo(() => {
    const show = (message: AgentMessage) => {
      const { conversation_id } = message;
      const loaded = store.state.threads.get(conversation_id);
      if (!loaded) return;
      store.threadOf(conversation_id).amend(message);
      store.showThread(conversation_id, loaded.hasOlder);
    };
    return (message) => {
      show({ ...message, content_attributes: { ...message.content_attributes, deleted: true } });
      const { conversation_id, id: message_id } = message;
      const takeBack = defer(() =>
        api('DELETE /conversations/{conversation_id}/messages/{message_id}', {
          conversation_id,
          message_id,
        }).catch((error) => {
          show(message);
          showError(t('notDeleted'), error);
        }),
      );
      const undo = () => {
        if (takeBack()) show(message);
      };
      showToast({ title: t('isDeleted'), action: { label: ui('undo'), run: undo } });
    };
  }, [store, t, ui, showError]);
}
