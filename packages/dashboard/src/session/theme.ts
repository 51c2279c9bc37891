/** Light, dark, or as the device has it. */
import { useSyncExternalStore } from 'react';
import { remember, remembered } from './storage.ts';

export type Theme = 'light' | 'dark' | 'system';

const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let chosen: Theme = themeOf(remembered('theme'));

paint();
dark.addEventListener('change', paint);

export function useTheme(): Theme {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => chosen,
  );
}

export function setTheme(theme: Theme): void {
  chosen = theme;
  remember('theme', theme);
  paint();
  for (const changed of listeners) changed();
}

function paint(): void {
  const isDark = chosen === 'dark' || (chosen === 'system' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

function themeOf(text: string | undefined): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}
