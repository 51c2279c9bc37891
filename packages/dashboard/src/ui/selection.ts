/** Which rows of a list are chosen, to change them all at once. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';

/** The server takes no more at once. */
export const MAX_SELECTED = 1000;

export interface Selection {
  /** In the order of the list; what leaves the list is no longer chosen. */
  ids: readonly number[];
  /** Every row shows its box, also while none is chosen. */
  isOn: boolean;
  start(): void;
  clear(): void;
  /** `reach` also takes all between it and the one chosen last. */
  toggle(id: number, reach: boolean): void;
  choose(ids: readonly number[]): void;
  /** Counts what was done with what is chosen: a list that is held in its order shows that at once. */
  actionCount: number;
  countAction(): void;
}

interface SelectionState {
  key: string;
  ids: ReadonlySet<number>;
  last?: number;
}

/** `key` names the list: in another one nothing is chosen. */
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
  // Rows are drawn again only when something of theirs changes.
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

/** The selection of the list around the component. */
export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error('There is no list around this component');
  return selection;
}
