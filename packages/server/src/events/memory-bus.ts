/** The bus of a single process. */
import type { Bus, Notice } from './bus.ts';

/** Delivers in the order published, in the same turn. */
export function openMemoryBus(): Bus {
  const listeners = new Set<(notice: Notice) => void>();
  return {
    publish: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onGap: () => {},
    isConnected: () => true,
    close: async () => listeners.clear(),
  };
}
