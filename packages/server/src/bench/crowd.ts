/** Entry of a process of its own: a crowd of sockets that subscribe, stay, and report when the last of them received an event. */
import { answerParent } from './child.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';

export type CrowdRequest =
  /** Opens a socket for each identifier, beside those that are open. A bare server confirms nothing. */
  | { do: 'open'; port: number; protocol: string; identifiers: string[]; isConfirmed: boolean }
  /** Waits until every open socket has received the event that was sent since the last request. */
  | { do: 'hear' };

/** The moment of `process.hrtime`, which all processes of a machine share, when the last socket received it. */
export type CrowdAnswer = bigint;

/** Sockets that are being opened at once. */
const atOnce = 100;

const confirmed = Buffer.from('confirm_subscription');
const event = Buffer.from('"message.created"');

const sockets: RawSocket[] = [];
/** Sockets that have received the current event. */
let heard = 0;
let lastAt = 0n;
let allHeard = () => {};

function hear(payload: Buffer): void {
  if (!payload.includes(event) || ++heard < sockets.length) return;
  lastAt = process.hrtime.bigint();
  allHeard();
}

async function open({ port, protocol, identifiers, isConfirmed }: CrowdRequest & { do: 'open' }) {
  const waiting = [...identifiers];
  const openNext = async (): Promise<void> => {
    for (let identifier = waiting.pop(); identifier !== undefined; identifier = waiting.pop()) {
      let confirm = () => {};
      const done = new Promise<void>((resolve) => {
        confirm = resolve;
      });
      let isDone = !isConfirmed;
      const socket = await openRawSocket({
        port,
        protocol,
        hear: (payload) => {
          if (isDone) return hear(payload);
          isDone = payload.includes(confirmed);
          if (isDone) confirm();
        },
      });
      socket.send(JSON.stringify({ command: 'subscribe', identifier }));
      if (isConfirmed) await done;
      sockets.push(socket);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, openNext));
}

answerParent<CrowdRequest, CrowdAnswer>(async (request) => {
  if (request.do === 'open') await open(request);
  else if (heard < sockets.length)
    await new Promise<void>((resolve) => {
      allHeard = resolve;
    });
  heard = 0;
  return lastAt;
});
