/** Users at the gate: `api_access_token`, or the sign-in headers (application-api.md section 2). */
import type { Endpoint } from '@hoory/contract';
import type { FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { AgentCaller, UserCaller } from '../caller.ts';
import { Refusal } from '../errors.ts';

/** @throws unauthenticated 401 */
export async function identifyUser(_app: App, _request: FastifyRequest): Promise<UserCaller> {
  throw new Refusal('unauthenticated', 'You need to sign in or sign up before continuing.');
}

/** @throws unauthenticated 401, not_authorized 401, not_found 404 */
export async function identifyAgent(
  _app: App,
  _endpoint: Endpoint,
  _request: FastifyRequest,
): Promise<AgentCaller> {
  throw new Refusal('unauthenticated', 'You need to sign in or sign up before continuing.');
}
