/** Which choices of a long list are shown: the first that match what is typed. */
import { type ReactNode, useMemo, useState } from 'react';

/** One value of a list to choose from. */
export interface Choice<Value> {
  value: Value;
  label: string;
  /** Shown before the label. */
  mark?: ReactNode;
  /** Found by this text too, which is not shown. */
  keywords?: string;
  /** Keys that do the same, shown at the end. */
  keys?: string;
}

/** More choices than this are found by typing: an account may have thousands, and each in the page costs time and memory. */
export const MAX_SHOWN = 50;

/** The choices in the page, and the number of those that match as well. */
export interface Matches<Value> {
  shown: readonly Choice<Value>[];
  hiddenCount: number;
}

/** Text in which case and accents do not count. */
export const foldText = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The choices that contain the text, those that begin with it first. Without text they keep their order. */
export function findMatches<Value>(choices: readonly Choice<Value>[], typed: string): Matches<Value> {
  const text = foldText(typed.trim());
  const found = text ? matchesOf(choices, text) : choices;
  return { shown: found.slice(0, MAX_SHOWN), hiddenCount: Math.max(0, found.length - MAX_SHOWN) };
}

function matchesOf<Value>(choices: readonly Choice<Value>[], text: string): readonly Choice<Value>[] {
  const first: Choice<Value>[] = [];
  const others: Choice<Value>[] = [];
  for (const choice of choices) {
    const label = foldText(choice.label);
    if (label.startsWith(text)) first.push(choice);
    else if (label.includes(text) || foldText(choice.keywords ?? '').includes(text)) others.push(choice);
  }
  return [...first, ...others];
}

/**
 * The typed text with its matches. In a list that is not shown whole, the `pinned` values come first: scrolling does not reach
 * them. The caller keeps them the same while the list is open, so that nothing moves under the pointer.
 */
export function useMatches<Value>(choices: readonly Choice<Value>[], pinned: ReadonlySet<Value>) {
  const [typed, setTyped] = useState('');
  const ordered = useMemo(() => {
    if (choices.length <= MAX_SHOWN || !pinned.size) return choices;
    const isPinned = ({ value }: Choice<Value>) => pinned.has(value);
    return [...choices.filter(isPinned), ...choices.filter((choice) => !isPinned(choice))];
  }, [choices, pinned]);
  const matches = useMemo(() => findMatches(ordered, typed), [ordered, typed]);
  return { typed, setTyped, ...matches };
}
