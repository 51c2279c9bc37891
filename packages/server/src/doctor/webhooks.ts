/** Checks of webhooks: how far deliveries are behind, which endpoints fail, and a signed test request to one address. */
import { VERSION } from '@hoory/contract';
import type { Config } from '../config.ts';
import type { Db } from '../db/db.ts';
import type { WebhookEndpointRow } from '../db/tables.ts';
import { AddressRefused } from '../outgoing/guard.ts';
import { openOutgoing } from '../outgoing/outgoing.ts';
import { newToken, newUuid } from '../secrets.ts';
import { signatureHeaders } from '../webhooks/sign.ts';
import { findFailing, findLongestLag } from '../webhooks/store-endpoints.ts';
import { findSecretOf } from '../webhooks/targets.ts';
import { failed, ok, okUnless, reasonOf, type Verdict, warning } from './findings.ts';

const lateMs = 60_000;
const muchTooLateMs = 15 * 60_000;

/** @param account_id without it the endpoints of all accounts are checked */
export async function checkDeliveries(db: Db, now: number, account_id?: number): Promise<Verdict[]> {
  const lagMs = await findLongestLag(db, now, account_id);
  const failing = await findFailing(db, account_id);
  const faults = [judgeLag(lagMs), ...failing.map((row) => judgeEndpoint(row, now))];
  return okUnless(
    faults.filter((fault) => fault !== undefined),
    'No delivery is late, and no endpoint fails',
  );
}

export function judgeLag(lagMs: number): Verdict | undefined {
  if (lagMs < lateMs) return undefined;
  const fault = {
    found: `The oldest due delivery waits for ${Math.round(lagMs / 60_000)} minutes`,
    breaks: 'Webhooks and bots hear of events late; customers wait for bots',
    change:
      'Let receivers answer within a second and work afterwards; see the ledger of the webhook for its slow answers',
  };
  return lagMs < muchTooLateMs ? warning(fault) : failed(fault);
}

export function judgeEndpoint(row: WebhookEndpointRow, now: number): Verdict {
  const { endpoint, failures, resting_until, disabled_url, last_error } = row;
  if (disabled_url !== null)
    return failed({
      found: `${endpoint} answered 410 Gone and gets no deliveries`,
      breaks: 'Its program hears of nothing',
      change:
        'Send it a test at the desk, in the settings of webhooks, when it is back; or change its address',
    });
  const rest =
    resting_until !== null && resting_until > now
      ? `, and rests for ${Math.ceil((resting_until - now) / 1000)} seconds`
      : '';
  return warning({
    found: `${endpoint} has failed ${failures} times in a row${rest}: ${last_error ?? 'unknown'}`,
    breaks: 'Its program hears of events late; a delivery is given up after three days',
    change: 'Repair the receiver; the desk shows its ledger in the settings of webhooks',
  });
}

const requestTimeoutMs = 10_000;

interface TestRequest {
  config: Pick<Config, 'webhookAllow'>;
  /** Finds the secret with which the receiver checks signatures. */
  db: Db | undefined;
  url: string;
}

/**
 * Sends a signed test event, and where the receiver's secret is known one with a wrong signature, which it should refuse.
 */
export async function checkReceiver({ config, db, url }: TestRequest): Promise<Verdict[]> {
  const secret = db && (await findSecretOf(db, url));
  const outgoing = openOutgoing(config.webhookAllow);
  const send = async (signedWith: string) => {
    const body = JSON.stringify({
      event: 'webhook_test',
      message: 'This is a test. Whatever receives it works.',
    });
    const answer = await outgoing.send({
      method: 'POST',
      url,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': `Hoory/${VERSION}`,
        ...signatureHeaders({
          delivery_id: newUuid(),
          body,
          secret: signedWith,
          timestamp: Math.floor(Date.now() / 1000),
        }),
      },
      body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    answer.body.destroy();
    return answer.status;
  };
  try {
    const signed = judgeStatus(await send(secret ?? newToken()), secret !== undefined);
    if (signed.state !== 'ok' || secret === undefined) return [signed];
    return [signed, judgeForged(await send(newToken()))];
  } catch (error) {
    return [unreached(error)];
  } finally {
    await outgoing.close();
  }
}

function judgeStatus(status: number, isKnown: boolean): Verdict {
  if (status >= 200 && status < 300)
    return ok(
      isKnown
        ? `The receiver answered ${status} to a signed test`
        : `The receiver answered ${status}; no webhook has this address, so the signature was made with a random secret`,
    );
  const isRefused = status === 401 || status === 403;
  if (isRefused && !isKnown)
    return warning({
      found: `The receiver answered ${status}; no webhook has this address, so the signature was made with a random secret`,
      breaks: 'Nothing, if the receiver checks signatures',
      change: 'Add the address as a webhook first, then its own secret is used',
    });
  return failed({
    found: `The receiver answered ${status}`,
    breaks: 'Deliveries are repeated for three days, and then given up',
    change: isRefused
      ? 'Give the receiver the secret of this webhook, and let it sign the bytes as received (docs/webhooks.md)'
      : status >= 300 && status < 400
        ? 'Enter the address to which it redirects: redirects are not followed'
        : 'Let the receiver answer 2xx',
  });
}

const judgeForged = (status: number): Verdict =>
  status >= 400
    ? ok(`The receiver refused a wrong signature with ${status}`)
    : warning({
        found: `The receiver answered ${status} to a wrong signature`,
        breaks: 'Anybody who knows its address can send it events',
        change: 'Check the signature in the receiver, see docs/webhooks.md',
      });

function unreached(error: unknown): Verdict {
  const breaks = 'Deliveries are repeated for three days, and then given up';
  if (error instanceof AddressRefused)
    return failed({
      found: error.message,
      breaks,
      change: 'HOORY_WEBHOOK_ALLOW=<its host>, if it is your own receiver',
    });
  return failed({
    found: `The receiver cannot be reached: ${reasonOf(error)}`,
    breaks,
    change: 'Check address, DNS and firewall from this machine to the receiver',
  });
}
