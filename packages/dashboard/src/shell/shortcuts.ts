/** Keys that do things, and the acts that the palette lists: every component names its own while it is on the screen. */
import { isComposedEnter, isComposing, isEnter } from '@hoory/client';
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** In the language chosen. */
  label: string;
  /** `j`, `?`, `Shift+A`, `Mod+K`, or one after the other: `g c`. Without keys the palette alone has it. */
  keys?: string;
  run: () => void;
  /** The palette leaves it out: moving about is for the keys. */
  keysOnly?: true;
}

let shortcuts: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
/** The first key of two, for a moment. */
let pending: { key: string; at: number } | undefined;
const PAIR_TIMEOUT_MS = 1_200;

/** Everything that can be done on this screen, by key or in the palette. */
export function useShortcutList(): readonly Shortcut[] {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => shortcuts,
  );
}

/** Names what can be done here. `run` may change at every drawing; labels and keys are compared. */
export function useShortcuts(own: readonly Shortcut[]): void {
  const latest = useRef(own);
  latest.current = own;
  const print = own.map(({ label, keys, keysOnly }) => `${keys} ${label} ${keysOnly}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the print stands for all that is compared
  useEffect(() => {
    const named = latest.current.map((one, index) => ({ ...one, run: () => latest.current[index]?.run() }));
    set([...shortcuts, ...named]);
    return () => set(shortcuts.filter((one) => !named.includes(one)));
  }, [print]);
}

function set(next: readonly Shortcut[]): void {
  shortcuts = next;
  for (const changed of listeners) changed();
}

/** Listens to the keys of the whole page. @returns what stops it */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Keeps every form of the page from being submitted by the Enter of an input method. */
export function guardComposition(): void {
  document.addEventListener('keydown', (event) => {
    if (isComposedEnter(event) && event.target instanceof HTMLInputElement) event.preventDefault();
  });
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event) || event.altKey) return;
  const mod = event.metaKey || event.ctrlKey;
  if (!mod && belongsToControl(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pair = pending && Date.now() - pending.at < PAIR_TIMEOUT_MS ? `${pending.key} ${key}` : undefined;
  const single = `${mod ? 'Mod+' : ''}${event.shiftKey && /^[a-z]$/.test(key) ? 'Shift+' : ''}${key}`;
  const find = (keys: string) => shortcuts.findLast((one) => one.keys?.toLowerCase() === keys.toLowerCase());
  const found = (pair && find(pair)) || find(single);
  pending = undefined;
  if (found) {
    event.preventDefault();
    found.run();
  } else if (!mod && shortcuts.some(({ keys }) => keys?.startsWith(`${key} `)))
    pending = { key, at: Date.now() };
}

/** Keys belong to fields that are typed in, and to whatever lies open above the screen; Enter also to what it presses. */
function belongsToControl(event: KeyboardEvent): boolean {
  const fields =
    'input, textarea, select, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"]';
  const taking = isEnter(event) ? `${fields}, a, button, summary, audio, video` : fields;
  return event.target instanceof Element && event.target.closest(taking) !== null;
}
