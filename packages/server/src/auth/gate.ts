/** The one gate: who a caller of HTTP is and what kind of door stands before it (decisions.md 8). */
import type { Caller } from '../caller.ts';
import type { Gate } from '../http/routes.ts';
import { sha256 } from '../secrets.ts';
import { identifyAgent, identifyUser } from './agent-gate.ts';
import { openRecall } from './recall.ts';
import { admitSession, identifySession } from './session-gate.ts';

/** Doors by `auth`: sessions by path, users by token or sign-in headers, bots by token. */
export function openGate(): Gate {
  const recall = openRecall();
  return {
    identify: (app, endpoint, request, { mayRecall = false } = {}): Promise<Caller> => {
      switch (endpoint.auth) {
        case 'none':
          return Promise.resolve({ kind: 'anonymous' });
        case 'session':
          return identifySession(app, request, { recall, mayRecall });
        case 'user':
          return identifyUser(app, request);
        default:
          return identifyAgent(app, endpoint, request);
      }
    },
    admit: (app, endpoint, caller, bag) =>
      caller.kind === 'session' ? admitSession(app, endpoint, caller, bag) : caller,
    headersFor: (caller) => ('signIn' in caller ? caller.signIn?.headers : undefined),
    nameOf: (caller, request) => {
      if (caller.kind === 'session') return `session:${caller.session.id}`;
      if (caller.kind === 'bot') return `bot:${caller.bot.id}`;
      if (caller.kind !== 'anonymous') return `user:${caller.user.id}`;
      return `anonymous:${sha256(Object.values(request.params as object).join('/')).slice(0, 16)}`;
    },
  };
}
