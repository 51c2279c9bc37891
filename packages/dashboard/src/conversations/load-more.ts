/** Loads the next page when the end of what is loaded comes into sight; after a failure not again at once. */
import { useEffect, useState } from 'react';
import { useErrorToast } from '../ui/failure.ts';

/** Milliseconds until a page that failed is tried again. */
const REST = 5_000;

interface Options {
  /** The end is in sight, and there is more. */
  isWanted: boolean;
  load: () => Promise<unknown>;
  /** What is said when it fails. */
  failure: string;
}

export function useLoadMore({ isWanted, load, failure }: Options): void {
  const sayFailure = useErrorToast();
  const [state, setState] = useState<'ready' | 'loading' | 'resting'>('ready');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is loaded and said is that of the moment
  useEffect(() => {
    if (!isWanted || state !== 'ready') return;
    setState('loading');
    load().then(
      () => setState('ready'),
      (error) => {
        sayFailure(failure, error);
        setState('resting');
        setTimeout(() => setState('ready'), REST);
      },
    );
  }, [isWanted, state]);
}
