/** The log of the server: JSON lines on stderr. Secrets never reach it: requests are logged by route, not by address. */
import pino from 'pino';

export type Log = pino.Logger;

/** Opens a log at `level`. */
export const openLog = (level: string): Log =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
