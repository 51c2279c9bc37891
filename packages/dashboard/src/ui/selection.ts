/** The selected rows of a list, for bulk actions. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';

/** The server changes at most so many records in one request. */
export const MAX_SELECTED = 1000;

/** The selection of one list, and the ways to change it. */
export interface Selection {
  /** In the order of the list; what leaves the list is no longer chosen. */
  ids: readonly number[];
  /** Whether the list is in selection mode: every row shows its checkbox. */
  isOn: boolean;
  start(): void;
  clear(): void;
  /** Selects or deselects a row. `reach` also selects all rows between it and the row that was toggled last. */
  toggle(id: number, reach: boolean): void;
  /** Replaces the selection. */
  choose(ids: readonly number[]): void;
  /** Number of bulk actions so far. A list that holds its order releases it when this changes, so that the result shows. */
  actionCount: number;
  countAction(): void;
}

/** The selection with the list that it belongs to. */
interface SelectionState {
  key: string;
  ids: ReadonlySet<number>;
  last?: number;
}

/**
 * The selection of a list with the rows `all`. `key` names the list: another key begins with an empty selection. A row
 * that leaves the list leaves the selection, so that a bulk action never touches a row that the agent does not see.
 */
export function useNewSelection(all: readonly number[], key: string): Selection {
  const [state, setState] = useState<SelectionState>();
  const [acts, setActs] = useState(0);
  const chosen = state?.key === key ? state : undefined;
  const ids = useMemo(() => all.filter((id) => chosen?.ids.has(id)), [all, chosen]);
  const choose = (some: Iterable<number>, last?: number) => setState({ key, ids: new Set(some), last });

  useEffect(() => {
    if (chosen && ids.length < chosen.ids.size) setState({ ...chosen, ids: new Set(ids) });
  }, [chosen, ids]);

  const toggle = (id: number, reach: boolean) => {
    const places = [chosen?.last, id].map((one) => (one === undefined ? -1 : all.indexOf(one)));
    const [from, to] = [Math.min(...places), Math.max(...places)];
    if (reach && from >= 0) choose([...ids, ...all.slice(from, to + 1)], id);
    else choose(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id], id);
  };
  // `toggle` keeps its identity, so that rows, which are memoized, are not drawn again at every change.
  const latest = useRef(toggle);
  latest.current = toggle;

  return {
    ids,
    isOn: chosen !== undefined,
    start: () => choose([]),
    clear: () => setState(undefined),
    toggle: useCallback((id, reach) => latest.current(id, reach), []),
    choose,
    actionCount: acts,
    countAction: () => setActs((count) => count + 1),
  };
}

export const SelectionContext = createContext<Selection | undefined>(undefined);

/** The selection of the list around the component. Throws outside of a list. */
export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error('There is no list around this component');
  return selection;
}
