/** Requests to addresses that users named: guarded, bounded, without redirects. Webhooks, bots and avatars go out here. */
import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { Agent } from 'undici';
import { type Guard, openGuard } from './guard.ts';

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  /** http or https; a name and password in it become Basic auth. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Ends the request, whatever it is doing. */
  signal: AbortSignal;
}

export interface OutgoingAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Must be read or destroyed. */
  body: Readable;
}

export interface Outgoing {
  /** @throws AddressRefused, and what the network throws */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>;
  close(): Promise<void>;
}

/** @param allow hosts and CIDRs that may be dialled although they are private */
export function openOutgoing(allow: readonly string[]): Outgoing {
  const guard = openGuard(allow);
  let agent: Agent | undefined;
  return {
    send: async ({ url, headers, ...rest }) => {
      // Loaded with the first request: a start needs no client.
      const { Agent, request } = await import('undici');
      agent ??= new Agent({
        connect: { lookup: guardedLookup(guard), timeout: 10_000 },
        keepAliveTimeout: 4000,
      });
      const { address, authorization } = splitCredentials(url);
      // A literal address is dialled without a lookup.
      const host = address.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host)) guard.check(host, host);
      const answer = await request(address, {
        ...rest,
        headers: { ...headers, ...authorization },
        dispatcher: agent,
      });
      // A body that ends before somebody listens is no fault of the process.
      answer.body.on('error', () => {});
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    close: async () => agent?.destroy(),
  };
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** As `dns.lookup`, but what must not be dialled is an error: the addresses given are the ones that are dialled. */
const guardedLookup =
  (guard: Guard) =>
  (host: string, options: object, found: LookupCallback): void =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      try {
        for (const { address } of addresses) guard.check(host, address);
      } catch (refusal) {
        return found(refusal as Error, []);
      }
      const [first] = addresses;
      if ('all' in options && options.all) return found(null, addresses);
      return found(null, first?.address ?? '', first?.family);
    });

/** The URL without its credentials, and those as a header. */
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
