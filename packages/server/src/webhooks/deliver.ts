/** Attempts one delivery: signs and sends it within its time limit, and reads as much of the response as the ledger stores. */
import type { Readable } from 'node:stream';
import { cut, own, VERSION } from '@hoory/contract';
import type { App } from '../app.ts';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { AddressRefused } from '../outgoing/guard.ts';
import type { Attempt } from './rules.ts';
import { signatureHeaders } from './sign.ts';
import type { Target } from './targets.ts';

/** Characters of a response that the ledger stores. */
const maxBodyLength = 500;
/** Characters of a response that are read. */
const maxReadLength = 64 * 1024;
/** Milliseconds for the beginning of a response's body after its status. */
const bodyTimeoutMs = 1000;

/** Never throws. `signal` aborts the request at the time limit, or when the server stops. */
export async function attemptDelivery(
  app: App,
  { delivery, target, signal }: { delivery: WebhookDeliveryRow; target: Target; signal: AbortSignal },
): Promise<Attempt> {
  const { delivery_id, payload: body } = delivery;
  const timestamp = Math.floor(app.now() / 1000);
  try {
    const answer = await app.outgoing.send({
      method: 'POST',
      url: target.url,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'User-Agent': `Hoory/${VERSION}`,
        ...signatureHeaders({ delivery_id, body, secret: target.secret, timestamp }),
      },
      body,
      signal,
    });
    const retryAfter = answer.headers['retry-after'];
    return {
      kind: 'answer',
      status: answer.status,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: await readBeginning(answer.body),
    };
  } catch (error) {
    if (error instanceof AddressRefused)
      return { kind: 'refused', error: error.message, inPublic: 'The webhook’s address is not allowed' };
    return { kind: 'fault', error: signal.aborted ? 'Timed out after 10 seconds' : toErrorText(error) };
  }
}

/**
 * The beginning of the body, as far as it arrives in time. The rest is read and dropped up to a bound, because a connection whose
 * response was not read to its end cannot be used again.
 */
function readBeginning(body: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let length = 0;
    body.setEncoding('utf8');
    const end = () => {
      clearTimeout(timer);
      body.destroy();
      // PostgreSQL cannot store text with NUL.
      resolve(cut(text, maxBodyLength).replaceAll('\0', ''));
    };
    const timer = setTimeout(end, bodyTimeoutMs);
    body.on('data', (chunk: string) => {
      length += chunk.length;
      if (text.length < maxBodyLength) text += chunk;
      if (length > maxReadLength) end();
    });
    body.on('end', end);
    // The status is known and decides the outcome, also without a body.
    body.on('error', end);
    body.on('close', end);
  });
}

const errorTexts: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset',
  UND_ERR_SOCKET: 'Connection closed before an answer',
  UND_ERR_CONNECT_TIMEOUT: 'Connecting timed out',
  ENOTFOUND: 'The host has no address',
  EAI_AGAIN: 'The host’s address could not be found out',
};

function toErrorText(error: unknown): string {
  if (!(error instanceof Error)) return 'The request failed: unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return (code && own(errorTexts, code)) || `The request failed: ${code ?? error.message}`;
}
