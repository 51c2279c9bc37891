/** Signing in and out (application-api.md sections 2.2 and 6.1). */
import Type from 'typebox';
import { endpoints } from './endpoint.ts';
import { User, userKeys } from './profile.ts';
import { fields, IsoTime, named, object } from './schema.ts';

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
    body: fields({ email: Type.Optional(Type.String()), password: Type.Optional(Type.String()) }),
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
  },
});
