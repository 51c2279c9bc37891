/** A list that moves only while nobody points at it. */
import { useRef, useState } from 'react';

export interface Held {
  /** What to show. */
  ids: readonly number[];
  /** How many have come in since the order is held. */
  newer: number;
  /** Shows the list as it is now. */
  release: () => void;
  /** Put these on the list's element. */
  hold: {
    onPointerEnter: (event: { pointerType: string }) => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

/** `key` names the list: another one is shown at once. */
export function useHeldOrder(ids: readonly number[], key: string): Held {
  const shown = useRef({ ids, key });
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [, redraw] = useState(0);
  const grew =
    ids.length > shown.current.ids.length &&
    ids.slice(0, shown.current.ids.length).every((id, index) => id === shown.current.ids[index]);
  if (shown.current.key !== key || grew || !(isPointed || isFocused)) shown.current = { ids, key };
  const known = new Set(shown.current.ids);
  const last = shown.current.ids.at(-1);
  const reach = last === undefined ? ids.length : Math.max(ids.indexOf(last), 0);
  return {
    ids: shown.current.ids,
    newer: ids.slice(0, reach + 1).filter((id) => !known.has(id)).length,
    release: () => {
      shown.current = { ids, key };
      redraw((count) => count + 1);
    },
    hold: {
      onPointerEnter: ({ pointerType }) => setPointed(pointerType === 'mouse'),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: () => setFocused(false),
    },
  };
}
