/** Keeps the order of a list while the pointer or the focus is on it, so that no row moves away under the pointer. */
import { useRef, useState } from 'react';

/** The held list. */
export interface HeldOrder {
  /** The rows to show. */
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

/**
 * Holds the order of `ids` while somebody points at the list. Rows appended at the end by the next page are shown at once,
 * because they move nothing. `key` names the list: another one is shown at once.
 */
export function useHeldOrder(ids: readonly number[], key: string): HeldOrder {
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
  // Rows behind the last shown one belong to a later page and are not counted as new.
  const reach = last === undefined ? ids.length : Math.max(ids.indexOf(last), 0);
  return {
    ids: shown.current.ids,
    newer: ids.slice(0, reach + 1).filter((id) => !known.has(id)).length,
    release: () => {
      shown.current = { ids, key };
      redraw((count) => count + 1);
    },
    hold: {
      // A finger does not stay on a list: only a mouse holds it.
      onPointerEnter: ({ pointerType }) => setPointed(pointerType === 'mouse'),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: () => setFocused(false),
    },
  };
}
