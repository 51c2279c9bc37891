/** The bar in place of the list's heading while conversations are selected: their number, and the bulk actions. */
import { Check, Clock, RotateCcw, Tag, UserRound, UsersRound, X } from 'lucide-react';
import { useState } from 'react';
import type { Conversation } from '../../live/conversation.ts';
import { useDesk, useDeskState } from '../../live/desk.tsx';
import { fetchMore } from '../../live/fetch.ts';
import { type List, listKey } from '../../live/lists.ts';
import { useShortcuts } from '../../shell/shortcuts.ts';
import { IconButton } from '../../ui/button.tsx';
import { useErrorToast } from '../../ui/failure.ts';
import { SelectAll } from '../../ui/select-box.tsx';
import { MAX_SELECTED, useSelection } from '../../ui/selection.ts';
import { useUiWords } from '../../words/ui.ts';
import { useBulkActions } from '../bulk.ts';
import { useMe } from '../people.ts';
import { AssigneeMenu, LabelMenu, SnoozeMenu, TeamMenu } from '../thread/thread-menus.tsx';
import { useConversationWords } from '../words.ts';

/** Selected conversations that are not loaded any more are left out. */
export function SelectionBar({ list }: { list: List }) {
  const t = useConversationWords();
  const ui = useUiWords();
  const { ids, clear } = useSelection();
  const conversations = useDeskState((state) => state.conversations);
  const chosen = ids.flatMap((id) => conversations.get(id) ?? []);
  useShortcuts([{ keys: 'Escape', label: ui('unchoose'), run: clear, keysOnly: true }]);
  return (
    <div
      role="toolbar"
      aria-label={ui('selection')}
      className="flex h-12 shrink-0 items-center gap-0.5 ps-4 pe-2"
    >
      <SelectAllConversations list={list} />
      <p role="status" className="tabular min-w-0 flex-1 truncate ps-3 font-medium">
        {t('chosen', { count: ids.length })}
      </p>
      {chosen.length > 0 && <BulkMenus chosen={chosen} />}
      <IconButton icon={X} size="small" label={ui('unchoose')} keys="Escape" onClick={clear} />
    </div>
  );
}

/** Selects all rows of the list. It loads the missing pages first, up to what the server changes in one request. */
function SelectAllConversations({ list }: { list: List }) {
  const t = useConversationWords();
  const { choose } = useSelection();
  const { store, callApi } = useDesk();
  const showError = useErrorToast();
  const [busy, setBusy] = useState(false);

  async function chooseAll(): Promise<void> {
    setBusy(true);
    const now = () => store.state.lists.get(listKey(list.filter)) ?? list;
    try {
      while (now().next && now().ids.length < MAX_SELECTED) await fetchMore(store, callApi, list.filter);
      choose(now().ids.slice(0, MAX_SELECTED));
    } catch (error) {
      showError(t('moreFailed'), error);
    } finally {
      setBusy(false);
    }
  }

  return <SelectAll ids={list.ids} complete={!list.next} busy={busy} onAll={() => void chooseAll()} />;
}

/** The menus show a value as chosen only when all selected conversations have it. */
function BulkMenus({ chosen }: { chosen: readonly Conversation[] }) {
  const t = useConversationWords();
  const bulk = useBulkActions(useSelection().countAction);
  const me = useMe();
  const ids = chosen.map(({ id }) => id);
  const [first] = chosen;
  const areAll = (is: (one: Conversation) => boolean) => chosen.every(is);
  const labels = first?.labels.filter((label) => areAll((one) => one.labels.includes(label))) ?? [];

  useShortcuts([{ keys: 'a', label: t('assignToMe'), run: () => bulk.assign(ids, me) }]);

  return (
    <>
      <AssigneeMenu
        assignee={areAll(hasAssigneeOf(first)) ? first?.assignee : undefined}
        isTaken={chosen.some(({ assignee }) => assignee)}
        onAssign={(assignee) => bulk.assign(ids, assignee)}
        trigger={<IconButton icon={UserRound} size="small" label={t('assign')} />}
      />
      <TeamMenu
        team={areAll(({ team }) => team?.id === first?.team?.id) ? first?.team : undefined}
        isTaken={chosen.some(({ team }) => team)}
        onChoose={(team) => bulk.setTeam(ids, team && { id: team.id, name: team.name })}
        trigger={<IconButton icon={UsersRound} size="small" label={t('team')} />}
      />
      <LabelMenu
        labels={labels}
        onToggle={(label) =>
          labels.includes(label) ? bulk.removeLabel(ids, label) : bulk.addLabel(ids, label)
        }
        trigger={<IconButton icon={Tag} size="small" label={t('labels')} />}
      />
      <SnoozeMenu
        onSnooze={(until) => bulk.setStatus(ids, 'snoozed', until)}
        trigger={<IconButton icon={Clock} size="small" label={t('snooze')} />}
      />
      <ResolveButton chosen={chosen} onSet={(status) => bulk.setStatus(ids, status)} />
    </>
  );
}

interface ResolveProps {
  chosen: readonly Conversation[];
  onSet: (status: 'open' | 'resolved') => void;
}

/** Resolves the selected conversations, or reopens them when all are resolved. */
function ResolveButton({ chosen, onSet }: ResolveProps) {
  const t = useConversationWords();
  const isResolved = chosen.every(({ status }) => status === 'resolved');
  const label = t(isResolved ? 'reopen' : 'resolve');
  const run = () => onSet(isResolved ? 'open' : 'resolved');
  useShortcuts([{ keys: 'e', label, run }]);
  return (
    <IconButton icon={isResolved ? RotateCcw : Check} size="small" label={label} keys="e" onClick={run} />
  );
}

/** Compares the kind as well: ids of agents and bots overlap. */
const hasAssigneeOf =
  (other: Conversation | undefined) =>
  ({ assignee }: Conversation): boolean =>
    assignee?.id === other?.assignee?.id && assignee?.isBot === other?.assignee?.isBot;
