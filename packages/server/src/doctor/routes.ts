/** The endpoints that `hoory doctor` asks with its token: how a request arrived, an answer after some seconds, a body of any size. */
import type { Readable } from 'node:stream';
import { type doctor, doctorUpload, VERSION } from '@hoory/contract';
import type { FastifyInstance } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { registerBytes } from '../http/bytes.ts';
import type { RequestContext, Routes } from '../http/routes.ts';
import { isValidToken, proofOf, tokenHeader } from './token.ts';

/** Doctors of one installation a minute; each asks about ten times. */
const perMinute = { questions: 120, uploads: 6 };
const minuteMs = 60_000;

/** A file of the largest size and what a form adds to it. */
const formBytes = 1024 * 1024;

/** With characters that a proxy which rewrites headers damages. */
export const doctorDisposition = 'attachment; filename="doctor.txt"; filename*=UTF-8\'\'d%C3%B6ctor.txt';

export const doctorRoutes: Routes<typeof doctor> = {
  doctorEcho: async (app, _caller, _input, context) => {
    const token = requireToken(app, context.headers, 'questions');
    const { headers, address, peer = '', peerPort = 0 } = context;
    context.header('cache-control', 'no-store');
    context.header('content-disposition', doctorDisposition);
    return {
      proof: proofOf(app.installation.key, token),
      version: VERSION,
      peer,
      peer_port: peerPort,
      address,
      is_peer_trusted: isTrusted(app.config.trustedProxies, peer),
      host: textOf(headers.host),
      forwarded_for: textOf(headers['x-forwarded-for']),
      forwarded_proto: textOf(headers['x-forwarded-proto']),
      forwarded_host: textOf(headers['x-forwarded-host']),
      max_file: app.config.maxFile,
    };
  },
  doctorWait: async (app, _caller, { seconds = 0 }, { headers, signal }) => {
    requireToken(app, headers, 'questions');
    const start = performance.now();
    await pause(seconds * 1000, signal);
    return { waited_ms: Math.round(performance.now() - start) };
  },
};

/** Registers `POST /doctor/upload`. The token is checked before a byte is read, and nothing is kept. */
export function registerDoctorUpload(http: FastifyInstance, app: App): void {
  let isBusy = false;
  registerBytes(http, doctorUpload.doctorUpload, {
    admit: ({ headers }) => {
      requireToken(app, headers, 'uploads');
      if (isBusy)
        throw new Refusal('too_many_requests', 'Another upload is being measured', { retryAfter: 5 });
      isBusy = true;
    },
    read: async (body) => ({ bytes: await countBytes(body, app.config.maxFile + formBytes) }),
    end: () => {
      isBusy = false;
    },
  });
}

/** @throws unauthenticated, too_many_requests */
function requireToken(app: App, headers: RequestContext['headers'], counted: keyof typeof perMinute): string {
  const token = headers[tokenHeader];
  if (typeof token !== 'string' || !isValidToken(app.installation.key, token, app.now()))
    throw new Refusal('unauthenticated', 'Only hoory doctor on the database of this server may ask');
  const retryAfter = app.limits.take(`doctor:${counted}`, perMinute[counted], minuteMs);
  if (retryAfter) throw new Refusal('too_many_requests', 'The doctor asks too often', { retryAfter });
  return token;
}

/** @throws too_large */
async function countBytes(body: Readable, most: number): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw new Refusal('too_large', 'The body is larger than a form with the largest file');
  }
  return bytes;
}

/** Resolves after this time, or when the client has gone or the server closes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const textOf = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? value.join(', ') : (value ?? null);

/** Whether one of the addresses and CIDRs of `HOORY_TRUSTED_PROXIES` contains the address. */
export function isTrusted(proxies: readonly string[], address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  return proxies.some((proxy) => {
    if (!ipaddr.isValidCIDR(proxy)) return ipaddr.process(proxy).toString() === ip.toString();
    const range = ipaddr.parseCIDR(proxy);
    return ip.kind() === range[0].kind() && ip.match(range);
  });
}
