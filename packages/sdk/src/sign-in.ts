/** Signing in as an agent, with e-mail and password: answers the headers that `createAgentClient` then sends. */
import { type CallOptions, call } from './call.ts';
import { HooryError } from './errors.ts';
import { createHttp } from './http.ts';
import type { Fetch } from './platform.ts';
import type { User } from './wire.ts';

/** Sent with every later request; as secret as the password. */
export interface SignInHeaders extends Record<string, string> {
  'access-token': string;
  client: string;
  uid: string;
}

export interface SignInOptions {
  /** Address of the server, e.g. `https://chat.example.com`. */
  base: string;
  email: string;
  password: string;
  fetch?: Fetch;
}

export interface SignIn {
  user: User;
  headers: SignInHeaders;
}

/** Throws `HooryError`, with the code `unauthorized` when e-mail and password do not fit together. */
export async function signIn({ base, email, password, fetch }: SignInOptions): Promise<SignIn> {
  let headers: SignInHeaders | undefined;
  const received: CallOptions['received'] = (all) => {
    headers = {
      'access-token': all.get('access-token') ?? '',
      client: all.get('client') ?? '',
      uid: all.get('uid') ?? '',
    };
  };
  const http = createHttp({ base, fetch });
  const answer = await call<{ data: User }>(
    http,
    ['POST', '/auth/sign_in'],
    { email, password },
    { received },
  );
  if (!headers?.['access-token']) throw new HooryError('internal', 'The answer names no sign-in');
  return { user: answer.data, headers };
}
