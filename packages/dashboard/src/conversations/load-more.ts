/** Loads the next page of a list or thread when its end comes into sight. */
import { useEffect, useState } from 'react';
import { useErrorToast } from '../ui/failure.ts';

/** Time until a failed page is loaded again. */
const RETRY_DELAY_MS = 5_000;

interface Options {
  /** The end is in sight, and there is more. */
  isNeeded: boolean;
  load: () => Promise<unknown>;
  /** Title of the toast when it fails. */
  failure: string;
}

/**
 * Calls `load` while `isNeeded`, one call at a time. After a failure it shows a toast and waits five seconds, so that a
 * server that is down is not asked at every frame.
 */
export function useLoadMore({ isNeeded, load, failure }: Options): void {
  const showError = useErrorToast();
  const [state, setState] = useState<'ready' | 'loading' | 'resting'>('ready');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is loaded and said is that of the moment
  useEffect(() => {
    if (!isNeeded || state !== 'ready') return;
    setState('loading');
    load().then(
      () => setState('ready'),
      (error) => {
        showError(failure, error);
        setState('resting');
        setTimeout(() => setState('ready'), RETRY_DELAY_MS);
      },
    );
  }, [isNeeded, state]);
}
