/** Sign-in: endpoint to verb. */
import type { auth } from '@hoory/contract';
import type { App } from '../app.ts';
import type { Routes } from '../http/routes.ts';
import { signIn, signOut, validateToken } from './sign-in.ts';
import { noThrottle, openThrottle } from './throttle.ts';

/**
 * `app` is used in place of the one of each request: a sign-in leaves no receipt, whose stored answer would hold tokens.
 */
export function authRoutes(app: App): Routes<typeof auth> {
  const throttle = app.config.rateLimits ? openThrottle(() => app.now()) : noThrottle;
  return {
    signIn: (_app, _caller, input, context) => signIn(app, throttle, input, context),
    validateToken,
    signOut: (_app, _caller, _input, context) => signOut(app, context),
  };
}
