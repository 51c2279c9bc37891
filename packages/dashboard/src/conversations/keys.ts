/** Keyboard shortcuts of the conversations: through the list, and for the open conversation. */
import { useDeskState, useList, usePrefetchThread } from '../live/desk.tsx';
import { type Shortcut, useShortcuts } from '../shell/shortcuts.ts';
import type { Selection } from '../ui/selection.ts';
import { useUiWords } from '../words/ui.ts';
import { useActions } from './actions.ts';
import { useAddress, useOpenConversation } from './address.ts';
import { focusComposer } from './composer/focus.ts';
import { useConversationWords } from './words.ts';

/**
 * Registers the keys. While rows are selected, the keys of the open conversation act on the selection instead: see
 * `SelectionBar`.
 */
export function useConversationKeys(selection: Selection, toggleContact: () => void): void {
  const { id } = useAddress();
  const keysOfList = useListKeys(selection);
  const keysOfConversation = useOpenConversationKeys(toggleContact);
  const isAlone = id !== undefined && selection.ids.length === 0;
  useShortcuts([...keysOfList, ...(isAlone ? keysOfConversation : [])]);
}

/** Keys that move through the list and select rows. */
function useListKeys(selection: Selection): Shortcut[] {
  const t = useConversationWords();
  const ui = useUiWords();
  const { id, filter } = useAddress();
  const { list } = useList(filter);
  const open = useOpenConversation();
  const prefetch = usePrefetchThread();
  const move = (step: 1 | -1) => {
    const ids = list?.ids ?? [];
    const at = id === undefined ? -1 : ids.indexOf(id);
    const next = ids[at < 0 ? 0 : at + step];
    if (next === undefined) return;
    focusComposer(undefined);
    open(next, { replace: id !== undefined });
    const after = ids[ids.indexOf(next) + step];
    // The next key of the same direction then shows its thread at once.
    if (after !== undefined) prefetch(after);
  };
  /** Selects the focused row, else the open conversation. */
  const choose = (reach: boolean) => {
    const row = document.activeElement?.closest<HTMLElement>('[data-conversation]');
    const chosen = row ? Number(row.dataset.conversation) : id;
    if (chosen !== undefined) selection.toggle(chosen, reach);
  };
  return [
    { keys: 'j', label: t('next'), run: () => move(1), keysOnly: true },
    { keys: 'k', label: t('previous'), run: () => move(-1), keysOnly: true },
    { keys: 'x', label: ui('chooseThis'), run: () => choose(false), keysOnly: true },
    { keys: 'Shift+X', label: ui('chooseUpTo'), run: () => choose(true), keysOnly: true },
  ];
}

/** Keys of the open conversation. Keys that open a menu press its button. */
function useOpenConversationKeys(toggleContact: () => void): Shortcut[] {
  const t = useConversationWords();
  const { id } = useAddress();
  const open = useOpenConversation();
  const actions = useActions();
  const status = useDeskState(({ conversations }) =>
    id === undefined ? undefined : conversations.get(id)?.status,
  );
  const here = (run: (id: number) => void) => () => id !== undefined && run(id);
  const toggleStatus = (conversation_id: number) =>
    actions.setStatus(conversation_id, status === 'resolved' ? 'open' : 'resolved');
  return [
    { keys: 'r', label: t('writeAnswer'), run: () => press('[data-tab="reply"]') },
    { keys: 'Enter', label: t('goOnWriting'), run: here(focusComposer), keysOnly: true },
    { keys: 'n', label: t('writeANote'), run: () => press('[data-tab="note"]') },
    { keys: 'e', label: t(status === 'resolved' ? 'reopen' : 'resolve'), run: here(toggleStatus) },
    { keys: 'a', label: t('assignToMe'), run: here(actions.assignToMe) },
    { keys: 'Shift+A', label: t('assign'), run: () => press('[data-keys="assign"]') },
    { keys: 'z', label: t('snooze'), run: () => press('[data-keys="snooze"]') },
    { keys: 'l', label: t('labels'), run: () => press('[data-keys="labels"]') },
    { keys: 'u', label: t('markUnread'), run: here(actions.markUnread) },
    { keys: 'i', label: t('customer'), run: toggleContact },
    { keys: 'Escape', label: t('back'), run: () => open(undefined), keysOnly: true },
  ];
}

/**
 * Focuses and clicks a control on the screen, so that the menu opens where the pointer would open it. Does nothing while
 * the control is not there.
 */
function press(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  element?.click();
}
