/** Sign-in: endpoint to verb. */
import type { auth } from '@hoory/contract';
import type { App } from '../app.ts';
import { openCounts } from '../http/counts.ts';
import type { Routes } from '../http/routes.ts';
import { confirm, requestReset, resendConfirmation, resetPassword } from './reset.ts';
import { signIn, signOut, validateToken } from './sign-in.ts';
import { noThrottle, openThrottle } from './throttle.ts';

/**
 * Uses `app` instead of the app of each request, which stores responses for `Idempotency-Key`: these responses contain tokens.
 */
export function authRoutes(app: App): Routes<typeof auth> {
  const throttle = app.config.rateLimits ? openThrottle(openCounts(app)) : noThrottle;
  return {
    signIn: (_app, _caller, input, context) => signIn(app, throttle, input, context),
    validateToken,
    requestPasswordReset: (_app, _caller, input, context) => requestReset(app, input, context),
    resetPassword: (_app, _caller, input, context) => resetPassword(app, input, context),
    confirmUser: (_app, _caller, input, context) => confirm(app, input, context),
    resendConfirmation: (_app, _caller, input, context) => resendConfirmation(app, input, context),
    signOut: (_app, _caller, _input, context) => signOut(app, context),
  };
}
