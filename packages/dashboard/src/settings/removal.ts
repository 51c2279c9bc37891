/**
 * Deleting with Undo: a record disappears at once, and is deleted on the server 8 seconds later unless the agent takes it
 * back.
 */
import { useSyncExternalStore } from 'react';
import { defer } from '../session/deferred.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useSettingsWords } from './words.ts';

/** A deletion. `run` sends it. */
interface Removal {
  /** Names the record among all: `label:4`. */
  key: string;
  name: string;
  run: () => Promise<unknown>;
}

const listeners = new Set<() => void>();
/** Shared by all lists, so that a record stays hidden when the agent leaves the page and comes back within the 8 seconds. */
let hidden: ReadonlySet<string> = new Set();

function setHidden(keys: Iterable<string>): void {
  hidden = new Set(keys);
  for (const changed of listeners) changed();
}

/** @returns the keys of hidden records, and a function that deletes one. A failed deletion shows the record again. */
export function useRemoval(): [hidden: ReadonlySet<string>, remove: (removal: Removal) => void] {
  const t = useSettingsWords();
  const showError = useErrorToast();
  const keys = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => hidden,
  );
  const remove = ({ key, name, run }: Removal) => {
    setHidden([...hidden, key]);
    const back = () => setHidden([...hidden].filter((one) => one !== key));
    const takeBack = defer(() =>
      run()
        .catch((error) => showError(t('removeFailed', { name }), error))
        .finally(back),
    );
    const undo = () => {
      if (takeBack()) back();
    };
    showToast({ title: t('removed', { name }), action: { label: t('undo'), run: undo } });
  };
  return [keys, remove];
}
