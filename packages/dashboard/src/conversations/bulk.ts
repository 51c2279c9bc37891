/** One change of many conversations: shown at once, with Undo, which gives each what it had before. */
import type { ConversationStatus } from '@hoory/client';
import { type ApiInput, api, queries } from '../api/api.ts';
import { changeMany, type LeftOut } from '../api/bulk.ts';
import type { Assignee, Conversation } from '../live/conversation.ts';
import { useDesk } from '../live/desk.tsx';
import { optimistically } from '../live/optimistic.ts';
import { removeConversation } from '../live/state.ts';
import { useSayFailure } from '../ui/failure.ts';
import { say } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import { useConversationWords } from './words.ts';

export interface Bulk {
  /** `snoozed_until` in unix seconds; null: until the customer writes. */
  setStatus(ids: readonly number[], status: ConversationStatus, snoozed_until?: number | null): void;
  assign(ids: readonly number[], assignee: Assignee | undefined): void;
  setTeam(ids: readonly number[], team: Conversation['team']): void;
  addLabel(ids: readonly number[], label: string): void;
  removeLabel(ids: readonly number[], label: string): void;
}

type Fields = Omit<ApiInput<'POST /bulk_actions'>, 'type' | 'ids'>;

/** What is shown of a conversation, and what the server is asked so that it becomes that: with many, or alone. */
interface Step {
  change: Partial<Conversation>;
  fields: Fields;
  alone?: () => Promise<unknown>;
}

/** `onAct` is called when something is done, or undone. */
export function useBulk(onAct: () => void): Bulk {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const sayFailure = useSayFailure();

  /** Those that become the same go in one call. @returns what the server left out, which is not there for this agent */
  async function write(steps: ReadonlyMap<number, Step>): Promise<LeftOut> {
    onAct();
    const calls = new Map<string, number[]>();
    for (const [id, { fields, alone }] of steps) {
      if (alone) continue;
      const key = JSON.stringify(fields);
      calls.set(key, [...(calls.get(key) ?? []), id]);
    }
    const sent = new Map<number, Promise<LeftOut>>();
    for (const [key, ids] of calls) {
      const call = changeMany({ type: 'Conversation', ids, ...(JSON.parse(key) as Fields) });
      for (const id of ids) sent.set(id, call);
    }
    await Promise.all(
      [...steps].map(([id, { change, alone }]) =>
        optimistically(store, { id, change, send: alone ?? (async () => sent.get(id)) }),
      ),
    );
    const all = await Promise.all(new Set(sent.values()));
    const left = {
      ids: all.flatMap(({ ids }) => ids),
      count: all.reduce((sum, { count }) => sum + count, 0),
    };
    store.update((state) => left.ids.reduce(removeConversation, state));
    if (left.count > left.ids.length) void queries.invalidateQueries({ queryKey: ['live'] });
    return left;
  }

  function tell(of: number, left: LeftOut, undo?: () => void): void {
    const count = of - left.count;
    say({
      title: t('changed', { count }),
      ...(left.count && { description: t('leftOut', { count: left.count }) }),
      ...(undo && count && { action: { label: ui('undo'), run: undo } }),
    });
  }

  function run(
    ids: readonly number[],
    forward: (one: Conversation) => Step,
    back: (one: Conversation) => Step,
  ): void {
    const before = ids.flatMap((id) => store.state.conversations.get(id) ?? []);
    const stepsOf = (all: readonly Conversation[], make: (one: Conversation) => Step) =>
      new Map(all.map((one) => [one.id, make(one)]));
    const failed = (error: unknown) => sayFailure(t('notChanged'), error);
    const undo = (changed: readonly Conversation[]) =>
      write(stepsOf(changed, back)).then((left) => {
        if (left.count) tell(changed.length, left);
      }, failed);
    write(stepsOf(before, forward)).then((left) => {
      const changed = before.filter(({ id }) => !left.ids.includes(id));
      tell(before.length, left, () => void undo(changed));
    }, failed);
  }

  const statusStep = (status: ConversationStatus, until: number | null): Step => ({
    change: { status, snoozed_until: until ? new Date(until * 1000).toISOString() : null },
    fields: { fields: { status }, ...(until && { snoozed_until: until }) },
  });
  const assigneeStep = (assignee: Assignee | undefined): Step => ({
    change: { assignee },
    fields: { fields: { assignee_id: assignee?.id ?? 0 } },
  });
  /** Many are given to agents only. */
  const backToAssignee = ({ id, assignee }: Conversation): Step => ({
    ...assigneeStep(assignee),
    ...(assignee?.isBot && {
      alone: () =>
        api('POST /conversations/{conversation_id}/assignments', {
          conversation_id: id,
          assignee_id: assignee.id,
          assignee_type: 'AgentBot',
        }),
    }),
  });
  const teamStep = (team: Conversation['team']): Step => ({
    change: { team },
    fields: { fields: { team_id: team?.id ?? 0 } },
  });
  const labelStep = (labels: readonly string[], change: { add?: string[]; remove?: string[] }): Step => ({
    change: { labels },
    fields: { labels: change },
  });
  const having = (ids: readonly number[], label: string, has: boolean) =>
    ids.filter((id) => store.state.conversations.get(id)?.labels.includes(label) === has);

  return {
    setStatus: (ids, status, until = null) =>
      run(
        ids,
        () => statusStep(status, until),
        (one) => statusStep(one.status, one.snoozed_until ? Date.parse(one.snoozed_until) / 1000 : null),
      ),
    assign: (ids, assignee) => run(ids, () => assigneeStep(assignee), backToAssignee),
    setTeam: (ids, team) =>
      run(
        ids,
        () => teamStep(team),
        // The team may have given it to somebody else.
        ({ team: before, assignee }) => ({
          change: { team: before, assignee },
          fields: {
            fields: {
              team_id: before?.id ?? 0,
              ...(!assignee?.isBot && { assignee_id: assignee?.id ?? 0 }),
            },
          },
        }),
      ),
    addLabel: (ids, label) =>
      run(
        having(ids, label, false),
        ({ labels }) => labelStep([...labels, label], { add: [label] }),
        ({ labels }) => labelStep(labels, { remove: [label] }),
      ),
    removeLabel: (ids, label) =>
      run(
        having(ids, label, true),
        ({ labels }) =>
          labelStep(
            labels.filter((one) => one !== label),
            { remove: [label] },
          ),
        ({ labels }) => labelStep(labels, { add: [label] }),
      ),
  };
}
