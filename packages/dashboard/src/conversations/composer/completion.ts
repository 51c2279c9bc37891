/** State of the suggestion list at the caret: the trigger before the caret, what it offers, and the keys that choose. */
import { isEnter } from '@hoory/client';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { Conversation } from '../../live/conversation.ts';
import type { ComposerDraft } from './drafts.ts';
import { type Suggestion, useSuggestions } from './suggestions.tsx';
import { complete, triggerAt } from './trigger.ts';

/** The open suggestions, and the events of the text area that change them. */
export interface Completion {
  /** Empty while the list is closed. */
  suggestions: readonly Suggestion[];
  /** Index of the one that Enter chooses. */
  active: number;
  choose(suggestion: Suggestion): void;
  /** Inserts at the caret. */
  insert(sign: string): void;
  /** The caret moved without a change of the text. */
  moveCaret(caret: number): void;
  /** The text changed. */
  change(text: string, caret: number): void;
  /** @returns whether the list took the key */
  onKey(event: KeyboardEvent): boolean;
}

/** The draft, the conversation and the text area that the completion reads and writes. */
interface Parts {
  draft: ComposerDraft;
  conversation: Conversation;
  area: RefObject<HTMLTextAreaElement | null>;
}

/**
 * A combobox on a text area: the focus stays in the text, so keys and changes are passed in here first. Escape closes the
 * list for the current trigger only.
 */
export function useCompletion({ draft, conversation, area }: Parts): Completion {
  const { text, setText, mode } = draft;
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [closedAt, setClosedAt] = useState<string>();
  const found = triggerAt(text, caret);
  const trigger = found && closedAt !== text.slice(0, found.start + 1) ? found : undefined;
  const offered = useSuggestions(trigger, mode, conversation);
  const suggestions = trigger ? offered : [];
  const active = Math.min(chosen, suggestions.length - 1);

  const put = (next: ReturnType<typeof complete>) => {
    setText(next.text);
    setCaret(next.caret);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const choose = ({ insert }: Suggestion) => {
    if (trigger) put(complete(text, trigger, insert));
  };
  const keys = {
    next: () => setChosen((chosen + 1) % suggestions.length),
    previous: () => setChosen((chosen - 1 + suggestions.length) % suggestions.length),
    choose: () => {
      const suggestion = suggestions[active];
      if (suggestion) choose(suggestion);
    },
    close: () => setClosedAt(trigger && text.slice(0, trigger.start + 1)),
  };
  return {
    suggestions,
    active,
    choose,
    insert: (sign) => put(complete(text, { start: caret, end: caret }, sign)),
    moveCaret: setCaret,
    change(next, place) {
      setText(next);
      setCaret(place);
      setChosen(0);
    },
    onKey(event) {
      if (!suggestions.length) return false;
      const act = keyOf(event);
      if (!act) return true;
      keys[act]();
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

/** The meaning of a key while the list is open. */
function keyOf({ key, nativeEvent }: KeyboardEvent): 'next' | 'previous' | 'choose' | 'close' | undefined {
  if (key === 'ArrowDown') return 'next';
  if (key === 'ArrowUp') return 'previous';
  if (key === 'Tab' || isEnter(nativeEvent)) return 'choose';
  return key === 'Escape' ? 'close' : undefined;
}
