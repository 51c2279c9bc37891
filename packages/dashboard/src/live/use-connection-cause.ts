/** Finds out why events do not arrive by socket, for the banner of agents. */
import { useEffect, useState } from 'react';
import { base, validateSession } from '../session/session.ts';
import { type ConnectionCause, findCause } from './connection-cause.ts';
import { useLiveStatus } from './desk.tsx';

const healthTimeoutMs = 8000;

const askHealth = async (): Promise<number> =>
  (await fetch(`${base}/health`, { cache: 'no-store', signal: AbortSignal.timeout(healthTimeoutMs) })).status;

/** A socket that breaks for a moment needs no words: the cause is looked for after this time, and again from time to time. */
const firstLookMs = 4000;
const lookAgainMs = 10_000;

/** The cause, as long as events do not arrive by socket. A session that the server refuses is validated, which may end it. */
export function useConnectionCause(): ConnectionCause | undefined {
  const status = useLiveStatus();
  const [cause, setCause] = useState<ConnectionCause>();
  useEffect(() => {
    if (status === 'live') return setCause(undefined);
    let isOver = false;
    const look = async () => {
      const found = await findCause(status, { isDeviceOnline: navigator.onLine, askHealth });
      if (isOver) return;
      setCause(found);
      if (found === 'signedOut') await validateSession().catch(() => undefined);
    };
    const first = setTimeout(look, firstLookMs);
    const again = setInterval(look, lookAgainMs);
    window.addEventListener('offline', look);
    return () => {
      isOver = true;
      clearTimeout(first);
      clearInterval(again);
      window.removeEventListener('offline', look);
    };
  }, [status]);
  return cause;
}
