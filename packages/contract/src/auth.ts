/**
 * Sign-in, sign-out, validation of a sign-in, and the links of letters: new password, confirmed e-mail (application-api.md
 * sections 2.2 and 6.1). The secrets of a sign-in are in the headers of its answer. Sign-up, single sign-on and multi-factor
 * sign-in are not served (section 10).
 */
import Type from 'typebox';
import { endpoints } from './endpoint.ts';
import { InvalidLinkError, SignInError } from './errors.ts';
import { User, userKeys } from './profile.ts';
import { FilledSecret, fields, IsoTime, named, object, Secret, ShortText } from './schema.ts';

/** Names of the sign-in headers, in requests and answers. */
export const signInHeaders = [
  'access-token',
  'client',
  'uid',
  'token-type',
  'expiry',
  'authorization',
] as const;

const ValidatedUser = named('ValidatedUser', { ...userKeys, created_at: IsoTime });

export const auth = endpoints({
  signIn: {
    method: 'POST',
    path: '/auth/sign_in',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'Sign in with e-mail and password',
    description:
      'The answer carries the sign-in headers `access-token`, `client`, `uid`, `token-type`, `expiry` and ' +
      '`authorization`; send the first three, or the last one, with every later request. ' +
      'Wrong credentials: 401 `{"success":false,"errors":["..."]}`.',
    body: fields({ email: ShortText, password: Secret }),
    returns: object({ data: User }),
  },
  validateToken: {
    method: 'GET',
    path: '/auth/validate_token',
    auth: 'user',
    tag: 'Sign-in',
    summary: 'Check the sign-in headers and read who they belong to',
    returns: object({ payload: object({ success: Type.Literal(true), data: ValidatedUser }) }),
  },
  signOut: {
    method: 'DELETE',
    path: '/auth/sign_out',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'End the sign-in that the headers name',
    description: 'Nothing to sign out: 404 `{"success":false,"errors":["..."]}`.',
    returns: object({ success: Type.Literal(true) }),
    refusals: { 404: SignInError },
  },
  requestPasswordReset: {
    method: 'POST',
    path: '/auth/password',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'Have a link to a new password sent by mail',
    description: 'The answer is the same whether somebody has this e-mail or not.',
    body: fields({ email: Type.Optional(ShortText) }),
    returns: object({ message: Type.String() }),
  },
  resetPassword: {
    method: 'PATCH',
    path: '/auth/password',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'Set a new password with the token of a link, and sign in',
    description: 'Ends all sign-ins and replaces the pubsub token.',
    body: fields({
      reset_password_token: FilledSecret,
      password: FilledSecret,
      password_confirmation: Type.Optional(Secret),
    }),
    returns: object({ data: User }),
    refusals: { 422: InvalidLinkError },
  },
  confirmUser: {
    method: 'POST',
    path: '/auth/confirmation',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'Confirm the e-mail that an invitation was sent to, and sign in',
    body: fields({ confirmation_token: FilledSecret }),
    returns: object({ data: User }),
    refusals: { 422: InvalidLinkError },
  },
  resendConfirmation: {
    method: 'POST',
    path: '/resend_confirmation',
    auth: 'none',
    tag: 'Sign-in',
    summary: 'Have the invitation sent again',
    body: fields({ email: Type.Optional(ShortText) }),
    returns: null,
  },
});
