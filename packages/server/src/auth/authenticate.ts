/** Authentication of HTTP requests, by the `auth` of their endpoint (decisions.md 8). */
import type { Caller } from '../caller.ts';
import type { Authentication } from '../http/routes.ts';
import { sha256 } from '../secrets.ts';
import { applyIdentityPolicy, authenticateSession } from './authenticate-session.ts';
import { authenticateAgent, authenticateUser } from './authenticate-user.ts';

/** Finds sessions by path, users by token or sign-in headers, bots by token. */
export function openAuthentication(): Authentication {
  return {
    authenticate: (app, endpoint, request): Promise<Caller> => {
      switch (endpoint.auth) {
        case 'none':
        case 'doctor':
          return Promise.resolve({ kind: 'anonymous' });
        case 'session':
          return authenticateSession(app, request);
        case 'user':
          return authenticateUser(app, request);
        default:
          return authenticateAgent(app, endpoint, request);
      }
    },
    applyIdentityPolicy: (app, endpoint, caller, input) =>
      caller.kind === 'session' ? applyIdentityPolicy(app, endpoint, caller, input) : caller,
    headersFor: (caller) => ('signIn' in caller ? caller.signIn?.headers : undefined),
    nameOfCaller: (caller, { params }) => {
      if (caller.kind === 'session') return { kind: 'session', key: `session:${caller.session.id}` };
      if (caller.kind === 'bot') return { kind: 'bot', key: `bot:${caller.bot.id}` };
      if (caller.kind !== 'anonymous') return { kind: 'user', key: `user:${caller.user.id}` };
      const path = sha256(Object.values(params).join('/')).slice(0, 16);
      return { kind: 'anonymous', key: `anonymous:${path}` };
    },
  };
}
