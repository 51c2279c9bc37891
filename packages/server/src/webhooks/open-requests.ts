/** The open requests of this process to receivers: counts them by endpoint, and aborts them at their time limit or when the server stops. */
import type { App } from '../app.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';

/** Most open requests of this process, to all endpoints together. */
const maxOpen = 256;
/** Time limit of an attempt, in milliseconds. */
const attemptTimeoutMs = 10_000;
/** Time for open requests to end when the server stops, in milliseconds. */
const stopTimeoutMs = 2000;

/** The reason of an abort because the server stops: such a request does not count as an attempt. */
const serverStops = Symbol('the server stops');
export const isCutByStop = (signal: AbortSignal): boolean => signal.reason === serverStops;

interface OpenRequest {
  delivery: WebhookDeliveryRow;
  /** By the app's clock and by the machine's, which tests do not move: the first that is reached counts. */
  deadline: { app: number; machine: number };
  abort: AbortController;
  done: Promise<void>;
}

export class OpenRequests {
  readonly #app: App;
  readonly #requests = new Set<OpenRequest>();

  constructor(app: App) {
    this.#app = app;
  }

  get free(): number {
    return maxOpen - this.#requests.size;
  }

  countOf(endpoint: string): number {
    return [...this.#requests].filter(({ delivery }) => delivery.endpoint === endpoint).length;
  }

  /** Counts `send` as open until it ends. `send` does not reject. */
  start(delivery: WebhookDeliveryRow, send: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    const deadline = { app: this.#app.now() + attemptTimeoutMs, machine: Date.now() + attemptTimeoutMs };
    const request: OpenRequest = { delivery, deadline, abort, done: Promise.resolve() };
    this.#requests.add(request);
    request.done = send(abort.signal).finally(() => this.#requests.delete(request));
    return request.done;
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
