/** A receiver of webhooks that keeps every request in the history, and that fails, hangs or flaps when it is told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { History } from '../history.ts';
import { digestOf, isObject, numberOrNone, objectOf } from '../json.ts';
import { portOf } from '../wait.ts';

/**
 * `failing` answers 503, `flapping` every second time, `hanging` answers nothing until the sender gives up, `closed` breaks the
 * connection.
 */
export const misbehaviours = ['failing', 'flapping', 'hanging', 'closed'] as const;
export type Behaviour = 'well' | (typeof misbehaviours)[number];

/**
 * How often one behaviour fails requests. After ten failures in a row the server pauses the endpoint (webhooks.md 3), at the end
 * for minutes, which a run does not wait for.
 */
const mostTimes = 7;

export interface Receiver {
  url: string;
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

export async function startReceiver(endpoint: string, history: History): Promise<Receiver> {
  const conduct = openConduct();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const delivery = String(request.headers['webhook-id']);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const how = conduct.treat(delivery);
    const status = how === 'well' ? 200 : how === 'failing' ? 503 : 0;
    history.add({ kind: 'webhook', endpoint, delivery, ...described(body), status });
    if (how === 'closed') request.socket.destroy();
    else if (status) response.writeHead(status, status === 503 ? { 'retry-after': '1' } : {}).end();
  };
  const server = createServer((request, response) => {
    // The sender was killed in the middle of its request.
    handle(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/${endpoint}`,
    behave: conduct.behave,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Decides how each request is treated. */
function openConduct(): { behave(next: Behaviour): void; treat(delivery: string): Behaviour } {
  let behaviour: Behaviour = 'well';
  let requests = 0;
  let misbehaved = 0;
  /** Deliveries that were refused once without naming a time for the next attempt. */
  const refused = new Set<string>();
  return {
    behave: (next) => {
      behaviour = next;
      misbehaved = 0;
    },
    treat: (delivery) => {
      // The second pause of the server is minutes long: a delivery fails at most once without `Retry-After`.
      const wanted = misbehaved < mostTimes ? behaviour : 'well';
      const how = choose(wanted, { isOdd: requests++ % 2 === 1, isKnown: refused.has(delivery) });
      if (how !== 'well') {
        misbehaved++;
        refused.add(delivery);
      }
      return how;
    },
  };
}

function choose(behaviour: Behaviour, { isOdd, isKnown }: { isOdd: boolean; isKnown: boolean }): Behaviour {
  if (behaviour === 'flapping') return isOdd ? 'failing' : 'well';
  return (behaviour === 'hanging' || behaviour === 'closed') && isKnown ? 'failing' : behaviour;
}

/** What the checker needs of a payload (webhooks.md 4). */
function described(body: unknown) {
  const payload = objectOf(body);
  const event = String(payload.event);
  const isMessage = event.startsWith('message_');
  const conversation = isMessage
    ? objectOf(payload.conversation).id
    : isObject(body)
      ? payload.id
      : undefined;
  return {
    event,
    digest: digestOf(body),
    conversation: numberOrNone(conversation),
    message: isMessage ? numberOrNone(payload.id) : undefined,
  };
}
