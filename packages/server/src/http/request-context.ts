/** The `RequestContext` of a verb, from Fastify's request and reply. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ApiRequest } from './read-request.ts';
import type { Upload } from './upload.ts';

export class HttpContext {
  readonly uploads: Upload[];
  /** Headers that the verb has set, for the stored response to an `Idempotency-Key`. */
  readonly ownHeaders: Record<string, string> = {};
  readonly #request: ApiRequest;
  readonly #reply: FastifyReply;
  readonly #waiting: Set<AbortController>;

  /** @param waiting controllers of waiting requests, which the server aborts when it closes */
  constructor(
    request: ApiRequest,
    reply: FastifyReply,
    { uploads, waiting }: { uploads: Upload[]; waiting: Set<AbortController> },
  ) {
    this.#request = request;
    this.#reply = reply;
    this.uploads = uploads;
    this.#waiting = waiting;
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get address(): string {
    return this.#request.ip;
  }

  get peer(): string | undefined {
    return this.#request.socket.remoteAddress;
  }

  get peerPort(): number | undefined {
    return this.#request.socket.remotePort;
  }

  header(name: string, value: string): void {
    this.ownHeaders[name] = value;
    this.#reply.header(name, value);
  }

  get signal(): AbortSignal {
    const controller = new AbortController();
    this.#waiting.add(controller);
    this.#reply.raw.once('close', () => {
      controller.abort();
      this.#waiting.delete(controller);
    });
    return controller.signal;
  }
}
