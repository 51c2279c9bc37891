/** Random values, hashes, encryption and comparisons: every secret of the server is generated and checked here. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  randomBytes,
  randomInt,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** 24 characters of base58, 140 bits: tokens and secrets of the wire (client-api.md section 1.2). */
export function newToken(): string {
  let token = '';
  for (let i = 0; i < 24; i++) token += base58[randomInt(58)];
  return token;
}

/** 22 characters of url-safe base64, 132 bits: sign-in tokens (application-api.md section 1.1). */
export const newSignInToken = () => randomBytes(17).toString('base64url').slice(0, 22);

export const newUuid = () => randomUUID();

export const sha256 = (text: string | Buffer) => hash('sha256', text, 'hex');

/** Lower-case hex HMAC-SHA256 with both sides as UTF-8. */
export const hmacHex = (key: string, message: string) =>
  createHmac('sha256', key).update(message, 'utf8').digest('hex');

/** `length` url-safe characters of an HMAC: opaque names and signatures of our own URLs. */
export const hmacName = (key: string, message: string, length: number) =>
  createHmac('sha256', key).update(message, 'utf8').digest('base64url').slice(0, length);

/** Encrypts `text` with AES-256-GCM. @returns base64 of nonce, tag and ciphertext */
export function seal(secret: string, text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Decrypts a text of `seal`. @throws when the secret differs, or the text was changed */
export function unseal(secret: string, text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}

const sealingKey = (secret: string) => hash('sha256', `seal:${secret}`, 'buffer');

/** Compares two texts in constant time. Hashed first, because `timingSafeEqual` requires equal lengths. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(sha256(a));
  const right = Buffer.from(sha256(b));
  return timingSafeEqual(left, right);
}

/**
 * Whether a caller-chosen `source_id` is a bearer secret: a UUID, or at least 22 url-safe characters
 * (decisions.md 8). A run of few distinct characters is neither.
 */
export function isHardToGuess(text: string): boolean {
  const shaped =
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text) ||
    /^[A-Za-z0-9_-]{22,}$/.test(text);
  if (!shaped) return false;
  const seen = new Set<string>();
  for (const character of text) if (seen.add(character).size === 8) return true;
  return false;
}

/** A webhook secret in the form that libraries of Standard Webhooks read (decisions.md 9). */
export const toWebhookKey = (secret: string) => `whsec_${Buffer.from(secret, 'utf8').toString('base64')}`;
