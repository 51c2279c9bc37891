/**
 * Bulk actions on conversations: shown at once, sent in few requests, with Undo, which gives each conversation what it had
 * before.
 */
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
  type BulkStep,
  labelAddition,
  labelRemoval,
  statusChange,
  teamChange,
} from './bulk-steps.ts';
import { useConversationWords } from './words.ts';

/** Actions on many conversations by their ids. */
export interface BulkActions {
  /** `snoozed_until` in unix seconds; null: until the customer writes. */
  setStatus(ids: readonly number[], status: ConversationStatus, snoozed_until?: number | null): void;
  assign(ids: readonly number[], assignee: Assignee | undefined): void;
  setTeam(ids: readonly number[], team: Conversation['team']): void;
  addLabel(ids: readonly number[], label: string): void;
  removeLabel(ids: readonly number[], label: string): void;
}

/** `onAct` is called when an action or its Undo begins. */
export function useBulkActions(onAct: () => void): BulkActions {
  const { store } = useDesk();
  const run = useBulkRunner(onAct);
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

/**
 * Returns a function that makes a change and shows the result in a toast with Undo. Undo leaves out the conversations that
 * the server has skipped.
 */
function useBulkRunner(onAct: () => void): (ids: readonly number[], change: BulkChange) => void {
  const t = useConversationWords();
  const ui = useUiWords();
  const { store } = useDesk();
  const showError = useErrorToast();
  const failed = (error: unknown) => showError(t('notChanged'), error);

  const write = (conversations: readonly Conversation[], toStep: (one: Conversation) => BulkStep) => {
    onAct();
    return writeSteps(store, new Map(conversations.map((one) => [one.id, toStep(one)])));
  };
  const showResult = (total: number, left: SkippedIds, undo?: () => void) => {
    const count = total - left.count;
    showToast({
      title: t('changed', { count }),
      ...(left.count && { description: t('leftOut', { count: left.count }) }),
      ...(undo && count && { action: { label: ui('undo'), run: undo } }),
    });
  };
  return (ids, { apply, revert }) => {
    const before = ids.flatMap((id) => store.state.conversations.get(id) ?? []);
    const undo = (changed: readonly Conversation[]) =>
      write(changed, revert).then((left) => {
        if (left.count) showResult(changed.length, left);
      }, failed);
    write(before, apply).then((left) => {
      const changed = before.filter(({ id }) => !left.ids.includes(id));
      showResult(before.length, left, () => void undo(changed));
    }, failed);
  };
}

/**
 * Shows all steps at once and sends them, equal ones in one request. Skipped conversations are gone for this agent and are
 * removed from the state. @returns the skipped ids
 */
async function writeSteps(store: Store, steps: ReadonlyMap<number, BulkStep>): Promise<SkippedIds> {
  const calls = sendGrouped(steps);
  await Promise.all(
    [...steps].map(([id, { change, sendAlone }]) =>
      changeOptimistically(store, { id, change, send: sendAlone ?? (async () => calls.get(id)) }),
    ),
  );
  const answers = await Promise.all(new Set(calls.values()));
  const left = {
    ids: answers.flatMap(({ ids }) => ids),
    count: answers.reduce((sum, { count }) => sum + count, 0),
  };
  store.update((state) => left.ids.reduce(removeConversation, state));
  // The answer names only the first 100 skipped ids: the others are found by reading the lists again.
  if (left.count > left.ids.length) void queries.invalidateQueries({ queryKey: ['live'] });
  return left;
}

/** Sends steps with equal fields in one request. @returns the request of each conversation */
function sendGrouped(steps: ReadonlyMap<number, BulkStep>): Map<number, Promise<SkippedIds>> {
  const groups = new Map<string, { fields: BulkFields; ids: number[] }>();
  for (const [id, { fields, sendAlone }] of steps) {
    if (sendAlone) continue;
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
