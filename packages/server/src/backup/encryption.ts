/**
 * Encryption of an archive by a passphrase: scrypt makes the key, AES-256-GCM encrypts chunks of 64 kB. The nonce is the number of the
 * chunk, and the last one is marked, so that chunks can be neither changed, swapped, dropped nor added.
 *
 * An encrypted archive begins with `magic`, a salt, a check of the passphrase, and a hash of these three, so that a wrong passphrase is
 * told apart from a damaged file. Each chunk is its length (4 bytes, the highest bit set for the last one), ciphertext and tag.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { BackupFailed, damaged, truncated } from './failure.ts';

export const magic = Buffer.from('HOORYBK1');
const saltBytes = 16;
const checkBytes = 16;
const sumBytes = 8;
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const lastFlag = 0x8000_0000;

/** 128 MB and about half a second for each guess, as OWASP recommends. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 };

interface Key {
  key: Buffer;
  check: Buffer;
}

function deriveKey(passphrase: string, salt: Buffer): Promise<Key> {
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32 + checkBytes, cost, (error, derived) =>
      error ? reject(error) : resolve({ key: derived.subarray(0, 32), check: derived.subarray(32) }),
    ),
  );
}

const sumOf = (header: Buffer) => hash('sha256', header, 'buffer').subarray(0, sumBytes);

/** Encrypts a stream. */
export async function* encrypt(source: AsyncIterable<Buffer>, passphrase: string): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const { key, check } = await deriveKey(passphrase, salt);
  const header = Buffer.concat([magic, salt, check]);
  yield Buffer.concat([header, sumOf(header)]);
  const reader = new ByteReader(source, truncated);
  for (let number = 0, isLast = false; !isLast; number++) {
    const plain = await reader.readUpTo(chunkBytes);
    isLast = await reader.isAtEnd();
    yield seal(key, { number, isLast, plain });
  }
}

function seal(key: Buffer, { number, isLast, plain }: { number: number; isLast: boolean; plain: Buffer }) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(isLast ? plain.length + lastFlag : plain.length);
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number)).setAAD(length);
  return Buffer.concat([length, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

/** Decrypts a stream. @throws BackupFailed for a wrong passphrase, and for a stream that was changed or cut off */
export async function* decrypt(source: AsyncIterable<Buffer>, passphrase: string): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source, truncated);
  const header = await reader.read(magic.length + saltBytes + checkBytes);
  if (!sumOf(header).equals(await reader.read(sumBytes))) throw damaged('its first bytes were changed');
  const { key, check } = await deriveKey(passphrase, header.subarray(magic.length, magic.length + saltBytes));
  if (!timingSafeEqual(check, header.subarray(-checkBytes)))
    throw new BackupFailed('The passphrase is wrong. Nothing was restored.');
  for (let number = 0, isLast = false; !isLast; number++) {
    const length = await reader.read(4);
    const mark = length.readUInt32BE();
    isLast = mark >= lastFlag;
    const size = isLast ? mark - lastFlag : mark;
    if (size > chunkBytes) throw damaged(`its part ${number + 1} has an impossible length`);
    yield unseal(key, { number, length, sealed: await reader.read(size + tagBytes) });
  }
  if (!(await reader.isAtEnd())) throw damaged('there is more behind its end');
}

function unseal(key: Buffer, { number, length, sealed }: { number: number; length: Buffer; sealed: Buffer }) {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number)).setAAD(length);
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw damaged(`its part ${number + 1} was changed`, error);
  }
}
