/** Deleting with Undo: what is deleted goes from the list at once and from the server 8 seconds later, unless taken back. */
import { useSyncExternalStore } from 'react';
import { defer } from '../session/deferred.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useSettingsWords } from './words.ts';

interface Removal {
  /** Names the record among all: `label:4`. */
  key: string;
  name: string;
  run: () => Promise<unknown>;
}

const listeners = new Set<() => void>();
let hidden: ReadonlySet<string> = new Set();

function setHidden(keys: Iterable<string>): void {
  hidden = new Set(keys);
  for (const changed of listeners) changed();
}

/** @returns keys of what is deleted here already, and what deletes */
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
