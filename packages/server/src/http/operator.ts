/** Requests of the operator: monitors and Prometheus may see names and figures that callers of the API may not (decisions.md 8). */
import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Config } from '../config.ts';
import { isSame } from '../secrets.ts';

/** The parts of a request by which the operator is known. */
export interface ReceivedRequest {
  headers: IncomingHttpHeaders;
  /** The IP address at the other end of the connection, which is the proxy's behind one. */
  peer: string | undefined;
}

const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'];

/** Whether the request is local or has `HOORY_METRICS_TOKEN`. A request that a proxy on this machine forwards is not local. */
export function isOperator(
  config: Pick<Config, 'metricsToken'>,
  { headers, peer }: ReceivedRequest,
): boolean {
  if (!forwarding.some((name) => name in headers) && isLoopback(peer)) return true;
  const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  return config.metricsToken !== undefined && token !== undefined && isSame(token, config.metricsToken);
}

const isLoopback = (address = '') =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
