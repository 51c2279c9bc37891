/** HTTP as the load speaks it: requests as text, answers read to their end. */
import type { Socket } from 'node:net';

/** A POST of this JSON text, which must be ASCII. @param token sent as `api_access_token` */
export const postOf = (path: string, body: string, token?: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n` +
  `${token === undefined ? '' : `api_access_token: ${token}\r\n`}content-length: ${body.length}\r\n\r\n${body}`;

/** The status of one answer. */
export const statusOf = async (socket: Socket): Promise<number> => (await answerOf(socket)).status;

export interface Answered {
  status: number;
  body: string;
}

/** Reads one answer to its end; answers here carry a content length and are ASCII. */
export function answerOf(socket: Socket): Promise<Answered> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
      if (text.length < head + 4 + length) return;
      socket.off('data', onData);
      resolve({ status: Number(text.slice(9, 12)), body: text.slice(head + 4) });
    };
    socket.on('data', onData);
  });
}
