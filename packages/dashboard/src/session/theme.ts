/**
 * The colour theme: light, dark, or the device's own. Imported first by `main.tsx`, so that `data-theme` is set before the
 * first paint and the page does not flash in the other colours.
 */
import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from './storage.ts';

export type Theme = 'light' | 'dark' | 'system';

const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let chosen: Theme = themeOf(readStored('theme'));

applyTheme();
dark.addEventListener('change', applyTheme);

/** The chosen theme, `system` included; components that need the colours use CSS variables instead. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => chosen,
  );
}

/** Applies a theme at once and stores it on this device. */
export function setTheme(theme: Theme): void {
  chosen = theme;
  writeStored('theme', theme);
  applyTheme();
  for (const changed of listeners) changed();
}

function applyTheme(): void {
  const isDark = chosen === 'dark' || (chosen === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

function themeOf(text: string | undefined): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}
