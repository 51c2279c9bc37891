/** Opens a second socket beside that of the desk: one that is open says nothing about new ones. */
import { base } from '../session/session.ts';

const timeoutMs = 10_000;

/** @returns whether the server welcomed it. It is closed again, without a sign-in. */
export function testSocket(signal: AbortSignal): Promise<boolean> {
  const url = new URL('/cable', base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, ['actioncable-v1-json']);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<boolean>((resolve) => {
    const giveUp = () => resolve(false);
    socket.onmessage = ({ data }) => {
      if (String(data).includes('"type":"welcome"')) resolve(true);
    };
    socket.onclose = giveUp;
    signal.onabort = giveUp;
    timer = setTimeout(giveUp, timeoutMs);
  }).finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}
