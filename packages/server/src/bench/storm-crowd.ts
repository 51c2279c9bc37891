/** Entry of a process of its own: sockets with a session each, which are cut and come back all together. */
import { answerParent } from './child.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';

export type StormRequest =
  /** Opens a socket for each identifier and waits until it is subscribed. A bare server confirms nothing. */
  | { do: 'open'; port: number; identifiers: string[]; isBare: boolean }
  | { do: 'cut' }
  /** Opens all sockets again, each with its session, until each has the events that it missed and no other. */
  | { do: 'resume'; port: number; missed: number };

/** Milliseconds from the first connection to the last socket that has resumed. */
export type StormAnswer = number;

/** Sockets that are connecting at the same time. */
const atOnce = 256;
const protocol = 'actioncable-v1-ext-json';
const confirmed = Buffer.from('"confirm_subscription"');
const event = Buffer.from('"message.created"');
const replayed = Buffer.from('"confirm_history"');
const restored = Buffer.from('"restored":true');

interface Client {
  identifier: string;
  /** The session of its last connection; undefined on a bare server. */
  sid: string | undefined;
  /** The request for the missed events. */
  history: string;
  socket: RawSocket | undefined;
}

let clients: Client[] = [];
let isBare = false;

async function open({ port, identifiers }: StormRequest & { do: 'open' }): Promise<void> {
  clients = identifiers.map((identifier) => ({ identifier, sid: undefined, history: '', socket: undefined }));
  await forEach(clients, (client) => subscribe(client, port));
}

async function subscribe(client: Client, port: number): Promise<void> {
  const { identifier } = client;
  await untilDone(async (done, fail) => {
    client.socket = await openRawSocket({
      port,
      protocol,
      hear: (payload) => {
        const text = payload.toString();
        client.sid ??= /"sid":"([^"]+)"/.exec(text)?.[1];
        if (!payload.includes(confirmed)) return;
        const [, streams] = /"streams":(\{.*?\}\})/.exec(text) ?? [];
        if (streams === undefined) return fail(new Error('a confirmation has no positions'));
        client.history = JSON.stringify({ command: 'history', identifier, history: { streams } });
        done();
      },
    });
    if (isBare) done();
    else client.socket.send(JSON.stringify({ command: 'subscribe', identifier }));
  });
}

async function resume(client: Client, { port, missed }: StormRequest & { do: 'resume' }): Promise<void> {
  let heard = 0;
  await untilDone(async (done, fail) => {
    client.socket = await openRawSocket({
      port,
      protocol,
      sid: client.sid,
      hear: (payload, socket) => {
        if (payload.includes(event)) heard++;
        else if (payload.includes(restored)) socket.send(client.history);
        else if (payload.includes(replayed))
          heard === missed ? done() : fail(new Error(`a socket got ${heard} of ${missed} missed events`));
        else if (payload.includes('"welcome"') || payload.includes('"reject_history"'))
          fail(new Error(`a session was not resumed: ${payload}`));
      },
    });
    if (isBare) done();
  });
}

const untilDone = (work: (done: () => void, fail: (error: Error) => void) => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    work(resolve, reject).catch(reject);
  });

async function forEach(all: readonly Client[], work: (client: Client) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const workNext = async (): Promise<void> => {
    for (let client = waiting.pop(); client; client = waiting.pop()) await work(client);
  };
  await Promise.all(Array.from({ length: atOnce }, workNext));
}

answerParent<StormRequest, StormAnswer>(async (request) => {
  const started = performance.now();
  if (request.do === 'open') {
    ({ isBare } = request);
    await open(request);
  } else if (request.do === 'cut') for (const { socket } of clients) socket?.close();
  else await forEach(clients, (client) => resume(client, request));
  return performance.now() - started;
});
