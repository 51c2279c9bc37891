/**
 * Tokens with which `hoory doctor` asks the server: signed with the installation's key, which only the server and the command line
 * on the same database have, and valid for a quarter of an hour. They open nothing but the endpoints of `routes.ts`.
 */
import { hmacName, isSame, newToken } from '../secrets.ts';

/** The header that carries a token. A URL would be in the logs of proxies. */
export const tokenHeader = 'x-hoory-doctor';

const lifetimeSeconds = 15 * 60;
/** A token of a machine whose clock is ahead is accepted as well. */
const toleratedSeconds = 15 * 60;

const signatureOf = (key: string, signed: string) => hmacName(key, `doctor:${signed}`, 43);

/** @param nowMs milliseconds since 1970 */
export function makeToken(key: string, nowMs: number): string {
  const signed = `${Math.floor(nowMs / 1000) + lifetimeSeconds}.${newToken()}`;
  return `${signed}.${signatureOf(key, signed)}`;
}

/** @param nowMs milliseconds since 1970 */
export function isValidToken(key: string, token: string, nowMs: number): boolean {
  const [, signed = '', expires = '', signature = ''] =
    /^((\d{1,12})\.[\w-]{1,64})\.([\w-]{43})$/.exec(token) ?? [];
  if (!signed || !isSame(signature, signatureOf(key, signed))) return false;
  const left = Number(expires) - nowMs / 1000;
  return left > 0 && left <= lifetimeSeconds + toleratedSeconds;
}

/** Proves to the holder of the key that a server with the same key has read the token, and tells nobody else anything. */
export const proofOf = (key: string, token: string): string => hmacName(key, `doctor-proof:${token}`, 43);
