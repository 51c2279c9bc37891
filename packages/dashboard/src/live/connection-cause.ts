/** Decides why events do not arrive by socket; `use-connection-cause.ts` asks for components. */
import type { Live } from './live.ts';

/**
 * `device`: it has no network. `unreachable`: nothing answers at the server's address. `restarting`: a proxy answers, the server
 * does not. `blocked`: HTTP works and sockets do not. `signedOut`: the server refuses this session.
 */
export type ConnectionCause = 'device' | 'unreachable' | 'restarting' | 'blocked' | 'signedOut';

export interface CauseParts {
  isDeviceOnline: boolean;
  /** The status of `/health`. @throws when nothing answers */
  askHealth: () => Promise<number>;
}

/** @returns undefined while events arrive by socket */
export async function findCause(
  status: Live['status'],
  { isDeviceOnline, askHealth }: CauseParts,
): Promise<ConnectionCause | undefined> {
  if (status === 'live' || status === 'closed') return undefined;
  if (!isDeviceOnline) return 'device';
  try {
    if ((await askHealth()) >= 500) return 'restarting';
    return status === 'rejected' ? 'signedOut' : 'blocked';
  } catch {
    return 'unreachable';
  }
}
