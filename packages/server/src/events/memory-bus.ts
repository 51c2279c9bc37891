/** The bus of a single process. */
import type { Bus, Notice } from './bus.ts';

/** Opens a bus that calls its subscribers during `publish`, in the order of their subscription. */
export function openMemoryBus(): Bus {
  const listeners = new Set<(notice: Notice) => void>();
  const gapListeners = new Set<() => void>();
  return {
    publish: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notifyGap: () => {
      for (const listener of gapListeners) listener();
    },
    onGap: (listener) => {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    isConnected: () => true,
    close: async () => {
      listeners.clear();
      gapListeners.clear();
    },
  };
}
