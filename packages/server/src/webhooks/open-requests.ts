/** The open requests of this process to receivers: counts them by endpoint, and aborts them at their time limit or when the server stops. */
import type { App } from '../app.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { type EndpointSlots, freeSlots, maxOpenOf, quickMs } from './slots.ts';

/** Time limit of an attempt, in milliseconds. */
export const attemptTimeoutMs = 10_000;
/** Time for open requests to end when the server stops, in milliseconds. */
const stopTimeoutMs = 2000;

/** The reason of an abort because the server stops: such a request does not count as an attempt. */
const serverStops = Symbol('the server stops');
export const isCutByStop = (signal: AbortSignal): boolean => signal.reason === serverStops;

interface OpenRequest {
  delivery: WebhookDeliveryRow;
  /** By `performance.now()`. */
  startedAtMs: number;
  /** By the app's clock and by the machine's, which tests do not move: the first that is reached counts. */
  deadline: { app: number; machine: number };
  abort: AbortController;
  done: Promise<void>;
}

export class OpenRequests {
  readonly #app: Pick<App, 'now'>;
  /** The oldest first. */
  readonly #requests = new Set<OpenRequest>();
  readonly #counts = new Map<string, number>();
  /** Endpoints whose last answer was a success within `quickMs`. */
  readonly #quick = new Set<string>();

  constructor(app: Pick<App, 'now'>) {
    this.#app = app;
  }

  /** How many requests may be opened now. */
  get free(): number {
    return freeSlots({ open: this.#requests.size, slow: this.#countSlow() });
  }

  slotsOf({ endpoint, failures }: { endpoint: string; failures: number }): EndpointSlots {
    const most = maxOpenOf({ endpoint, failures, isQuick: this.#quick.has(endpoint) });
    return { endpoint, open: this.#counts.get(endpoint) ?? 0, most };
  }

  /** Counts `send` as open until it ends. `send` answers whether it was a success, and does not reject. */
  start(delivery: WebhookDeliveryRow, send: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
    const abort = new AbortController();
    const deadline = { app: this.#app.now() + attemptTimeoutMs, machine: Date.now() + attemptTimeoutMs };
    const startedAtMs = performance.now();
    const request: OpenRequest = { delivery, startedAtMs, deadline, abort, done: Promise.resolve() };
    this.#requests.add(request);
    this.#count(delivery.endpoint, 1);
    request.done = send(abort.signal).then((isSuccess) => this.#end(request, isSuccess));
    return request.done;
  }

  #end(request: OpenRequest, isSuccess: boolean): void {
    const { endpoint } = request.delivery;
    this.#requests.delete(request);
    this.#count(endpoint, -1);
    if (isSuccess && performance.now() - request.startedAtMs < quickMs) this.#quick.add(endpoint);
    else this.#quick.delete(endpoint);
  }

  #count(endpoint: string, change: 1 | -1): void {
    const count = (this.#counts.get(endpoint) ?? 0) + change;
    if (count) this.#counts.set(endpoint, count);
    else this.#counts.delete(endpoint);
  }

  #countSlow(): number {
    const slowBefore = performance.now() - quickMs;
    let count = 0;
    for (const { startedAtMs } of this.#requests) {
      if (startedAtMs > slowBefore) break;
      count++;
    }
    return count;
  }

  /** Aborts the requests whose time limit is over. */
  abortOverdue(): void {
    for (const { deadline, abort } of this.#requests)
      if (deadline.app <= this.#app.now() || deadline.machine <= Date.now()) abort.abort();
  }

  /** Waits a short time for the open requests and aborts the rest. @returns the deliveries of aborted requests */
  async drain(): Promise<WebhookDeliveryRow[]> {
    const allDone = Promise.all([...this.#requests].map(({ done }) => done));
    await Promise.race([allDone, new Promise((resolve) => setTimeout(resolve, stopTimeoutMs).unref())]);
    const cutOff = [...this.#requests];
    for (const { abort } of cutOff) abort.abort(serverStops);
    await allDone;
    return cutOff.map(({ delivery }) => delivery);
  }
}
