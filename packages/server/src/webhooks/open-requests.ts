/** The requests that this process has open to receivers: how many for each endpoint, and how they are ended. */
import type { App } from '../app.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';

/** Requests open at once in this process, to all endpoints together. */
const maxOpen = 256;
/** Milliseconds that an attempt may take. */
const attemptTimeoutMs = 10_000;
/** Milliseconds that open requests get to end when the server stops. */
const stopTimeoutMs = 2000;

/** The reason of an abort because the server stops: such a request was no attempt. */
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

  /** Aborts the requests whose time is over. */
  abortOverdue(): void {
    for (const { deadline, abort } of this.#requests)
      if (deadline.app <= this.#app.now() || deadline.machine <= Date.now()) abort.abort();
  }

  /** Waits a moment for the open requests and aborts the others. @returns the deliveries that were cut off */
  async drain(): Promise<WebhookDeliveryRow[]> {
    const allDone = Promise.all([...this.#requests].map(({ done }) => done));
    await Promise.race([allDone, new Promise((resolve) => setTimeout(resolve, stopTimeoutMs).unref())]);
    const cutOff = [...this.#requests];
    for (const { abort } of cutOff) abort.abort(serverStops);
    await allDone;
    return cutOff.map(({ delivery }) => delivery);
  }
}
