/** The log of the server: JSON lines on stderr. Requests are logged by route, not by URL, because URLs may contain secrets. */
import pino from 'pino';

export type Log = pino.Logger;

/** Characters buffered while stderr cannot be written; further lines are dropped. */
const maxBuffered = 1_000_000;

/** Opens a log at `level`. Errors of writing, such as a full disk, are ignored: the process goes on. */
export function openLog(level: string, to: number | string = process.stderr.fd): Log {
  const lines = pino.destination({ dest: to, sync: true, maxLength: maxBuffered });
  lines.on('error', () => {});
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
}
