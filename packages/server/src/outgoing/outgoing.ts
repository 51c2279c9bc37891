/** HTTP requests to addresses that users entered, for webhooks, bots and avatars: guarded by address, without redirects. */
import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { Agent } from 'undici';
import { type Guard, openGuard } from './guard.ts';

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  /** http or https; user name and password in it are sent as Basic authentication. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Aborts the request at any time. */
  signal: AbortSignal;
}

export interface OutgoingAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** The caller must read or destroy it, else the connection stays in use. */
  body: Readable;
}

export interface Outgoing {
  /** @throws AddressRefused for a private address, and errors of the network */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>;
  close(): Promise<void>;
}

/** @param allow private hosts and CIDRs to which requests may connect */
export function openOutgoing(allow: readonly string[]): Outgoing {
  const guard = openGuard(allow);
  let agent: Agent | undefined;
  let undici: typeof import('undici') | undefined;
  return {
    send: async ({ url, headers, ...rest }) => {
      // Imported with the first request, to keep the start of the server short.
      undici ??= await import('undici');
      const { Agent, request } = undici;
      agent ??= new Agent({
        connect: { lookup: guardedLookup(guard), timeout: 10_000 },
        keepAliveTimeout: 4000,
      });
      const { address, authorization } = splitCredentials(url);
      // A URL with an IP address connects without a lookup, so check it here.
      const host = address.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host)) guard.check(host, host);
      const answer = await request(address, {
        ...rest,
        headers: { ...headers, ...authorization },
        dispatcher: agent,
      });
      // An error of the body before the caller listens must not end the process.
      answer.body.on('error', () => {});
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    close: async () => agent?.destroy(),
  };
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Like `dns.lookup`, but fails for an address that the guard refuses. The socket connects to the addresses that were checked here.
 */
const guardedLookup =
  (guard: Guard) =>
  (host: string, options: object, callback: LookupCallback): void =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) guard.check(host, address);
      } catch (refusal) {
        return callback(
          refusal instanceof Error ? refusal : new Error('The address cannot be checked', { cause: refusal }),
          [],
        );
      }
      const [first] = addresses;
      if ('all' in options && options.all) return callback(null, addresses);
      return callback(null, first?.address ?? '', first?.family);
    });

/** The URL without credentials, and the credentials as a header of Basic authentication. */
function splitCredentials(url: string): { address: URL; authorization: { authorization?: string } } {
  const address = new URL(url);
  const { username, password } = address;
  if (!username && !password) return { address, authorization: {} };
  address.username = '';
  address.password = '';
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { address, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
