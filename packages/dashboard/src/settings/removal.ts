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

function show(keys: Iterable<string>): void {
  hidden = new Set(keys);
  for (const changed of listeners) changed();
}

/** @returns keys of what is deleted here already, and what deletes */
export function useRemoval(): [hidden: ReadonlySet<string>, remove: (removal: Removal) => void] {
  const t = useSettingsWords();
  const sayFailure = useErrorToast();
  const keys = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => hidden,
  );
  const remove = ({ key, name, run }: Removal) => {
    show([...hidden, key]);
    const back = () => show([...hidden].filter((one) => one !== key));
    const takeBack = defer(() =>
      run()
        .catch((error) => sayFailure(t('removeFailed', { name }), error))
        .finally(back),
    );
    const undo = () => {
      if (takeBack()) back();
    };
    showToast({ title: t('removed', { name }), action: { label: t('undo'), run: undo } });
  };
  return [keys, remove];
}
