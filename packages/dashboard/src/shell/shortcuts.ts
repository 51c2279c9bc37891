/**
 * Keyboard shortcuts and the actions of the palette. Each component registers its own while it is mounted; one listener on
 * the document runs them. Own code instead of a library, because palette, keys and help must read one list.
 */
import { isComposedEnter, isComposing, isEnter } from '@hoory/client';
import { useEffect, useRef, useSyncExternalStore } from 'react';

/** An action, by key and in the palette. */
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
/** The first key of a pair, waiting for the second. */
let pending: { key: string; at: number } | undefined;
/** Longest time between the two keys of a pair. */
const PAIR_TIMEOUT_MS = 1_200;

/** All registered actions, those of the whole desk first. */
export function useShortcutList(): readonly Shortcut[] {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => shortcuts,
  );
}

/**
 * Registers actions while the component is mounted. `run` may change at every render; only labels and keys cause a new
 * registration. A later registration wins over an earlier one with the same key.
 */
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

/** Starts the listener. @returns a function that stops it */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Keeps the Enter that ends an input method's composition from submitting a form: browsers send it as an ordinary Enter. */
export function guardComposition(): void {
  document.addEventListener('keydown', (event) => {
    if (isComposedEnter(event) && event.target instanceof HTMLInputElement) event.preventDefault();
  });
}

/**
 * Runs the last registered action of a key, or of the pair that it completes. Composition and Alt are left to the system:
 * Alt types characters on many layouts.
 */
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

/**
 * Whether a key without Ctrl or Cmd belongs to the focused control: to a field, or to a menu or dialog above the screen;
 * Enter also to links and buttons.
 */
function belongsToControl(event: KeyboardEvent): boolean {
  const fields =
    'input, textarea, select, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"]';
  const taking = isEnter(event) ? `${fields}, a, button, summary, audio, video` : fields;
  return event.target instanceof Element && event.target.closest(taking) !== null;
}
