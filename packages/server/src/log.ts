/** The log of the server: JSON lines on stderr. Secrets never reach it: requests are logged by route, not by address. */
import pino from 'pino';

export type Log = pino.Logger;

/** Characters kept while they cannot be written; what comes then is dropped. */
const mostKept = 1_000_000;

/** Opens a log at `level`. A log that cannot be written, on a full disk, ends no process. */
export function openLog(level: string, to: number | string = process.stderr.fd): Log {
  const lines = pino.destination({ dest: to, sync: true, maxLength: mostKept });
  lines.on('error', () => {});
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
}
