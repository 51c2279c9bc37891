/** One change of many conversations: shown at once, with Undo, which gives each what it had before. */
import type { ConversationStatus } from '@hoory/client';
import { queries } from '../api/api.ts';
import { changeMany, type SkippedIds } from '../api/bulk.ts';
import type { Assignee, Conversation } from '../live/conversation.ts';
import { useDesk } from '../live/desk.tsx';
import { changeOptimistically } from '../live/optimistic.ts';
import { removeConversation } from '../live/state.ts';
import type { Store } from '../live/store.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import {
  assigneeChange,
  type BulkChange,
  type BulkFields,
  labelAddition,
  labelRemoval,
  type Step,
  statusChange,
  teamChange,
} from './bulk-steps.ts';
import { useConversationWords } from './words.ts';

export interface Bulk {
  /** `snoozed_until` in unix seconds; null: until the customer writes. */
  setStatus(ids: readonly number[], status: ConversationStatus, snoozed_until?: number | null): void;
  assign(ids: readonly number[], assignee: Assignee | undefined): void;
  setTeam(ids: readonly number[], team: Conversation['team']): void;
  addLabel(ids: readonly number[], label: string): void;
  removeLabel(ids: readonly number[], label: string): void;
}

/** `onAct` is called when something is done, or undone. */
export function useBulk(onAct: () => void): Bulk {
  const { store } = useDesk();
  const run = useRun(onAct);
  const having = (ids: readonly number[], label: string, has: boolean) =>
    ids.filter((id) => store.state.conversations.get(id)?.labels.includes(label) === has);
  return {
    setStatus: (ids, status, until = null) => run(ids, statusChange(status, until)),
    assign: (ids, assignee) => run(ids, assigneeChange(assignee)),
    setTeam: (ids, team) => run(ids, teamChange(team)),
    addLabel: (ids, label) => run(having(ids, label, false), labelAddition(label)),
    removeLabel: (ids, label) => run(having(ids, label, true), labelRemoval(label)),
  };
}

/** @returns what makes a change and says so, with Undo */
function useRun(onAct: () => void): (ids: readonly number[], change: BulkChange) => void {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const sayFailure = useErrorToast();
  const failed = (error: unknown) => sayFailure(t('notChanged'), error);

  const write = (conversations: readonly Conversation[], toStep: (one: Conversation) => Step) => {
    onAct();
    return writeSteps(store, new Map(conversations.map((one) => [one.id, toStep(one)])));
  };
  const sayResult = (total: number, left: SkippedIds, undo?: () => void) => {
    const count = total - left.count;
    showToast({
      title: t('changed', { count }),
      ...(left.count && { description: t('leftOut', { count: left.count }) }),
      ...(undo && count && { action: { label: ui('undo'), run: undo } }),
    });
  };
  return (ids, { forward, back }) => {
    const before = ids.flatMap((id) => store.state.conversations.get(id) ?? []);
    const undo = (changed: readonly Conversation[]) =>
      write(changed, back).then((left) => {
        if (left.count) sayResult(changed.length, left);
      }, failed);
    write(before, forward).then((left) => {
      const changed = before.filter(({ id }) => !left.ids.includes(id));
      sayResult(before.length, left, () => void undo(changed));
    }, failed);
  };
}

/**
 * Shows all steps at once and sends them, equal ones in one call.
 * @returns what the server left out: conversations that are gone for this agent. They are removed.
 */
async function writeSteps(store: Store, steps: ReadonlyMap<number, Step>): Promise<SkippedIds> {
  const calls = sendTogether(steps);
  await Promise.all(
    [...steps].map(([id, { change, alone }]) =>
      changeOptimistically(store, { id, change, send: alone ?? (async () => calls.get(id)) }),
    ),
  );
  const answers = await Promise.all(new Set(calls.values()));
  const left = {
    ids: answers.flatMap(({ ids }) => ids),
    count: answers.reduce((sum, { count }) => sum + count, 0),
  };
  store.update((state) => left.ids.reduce(removeConversation, state));
  if (left.count > left.ids.length) void queries.invalidateQueries({ queryKey: ['live'] });
  return left;
}

/** Conversations that become the same share a call. @returns the call of each */
function sendTogether(steps: ReadonlyMap<number, Step>): Map<number, Promise<SkippedIds>> {
  const groups = new Map<string, { fields: BulkFields; ids: number[] }>();
  for (const [id, { fields, alone }] of steps) {
    if (alone) continue;
    const key = JSON.stringify(fields);
    const group = groups.get(key) ?? { fields, ids: [] };
    groups.set(key, group);
    group.ids.push(id);
  }
  const calls = new Map<number, Promise<SkippedIds>>();
  for (const { fields, ids } of groups.values()) {
    const call = changeMany({ type: 'Conversation', ids, ...fields });
    for (const id of ids) calls.set(id, call);
  }
  return calls;
}
