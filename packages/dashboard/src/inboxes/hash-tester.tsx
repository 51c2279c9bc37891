/** Computes an `identifier_hash` in the browser, to compare with what the company's own server makes. Nothing is sent. */
import { useEffect, useState } from 'react';
import { CopyField } from '../ui/copy-field.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useInboxWords } from './words.ts';

/** Browsers offer `crypto.subtle` only on https and on localhost. */
const isPossible = globalThis.crypto?.subtle !== undefined;

/** Begins with an example, so that a hash is there to compare with. */
export function HashTester({ token }: { token: string }) {
  const t = useInboxWords();
  const [identifier, setIdentifier] = useState('customer-42');
  const [theirs, setTheirs] = useState('');
  const hash = useHash(token, identifier);
  const given = theirs.trim().toLowerCase();
  return (
    <div className="flex flex-col gap-4 rounded-panel border border-line p-4">
      <div>
        <p className="font-medium">{t('tester')}</p>
        <p className="text-xs text-soft">{isPossible ? t('testerHelp') : t('testerNeedsHttps')}</p>
      </div>
      <Field label={t('testerIdentifier')}>
        <Input value={identifier} dir="ltr" onChange={({ target }) => setIdentifier(target.value)} />
      </Field>
      <Field label={t('testerHash')}>
        <CopyField value={hash} label={t('testerHash')} />
      </Field>
      <Field
        label={t('testerMine')}
        fault={given && hash && given !== hash ? t('testerDiffers') : undefined}
        help={given && given === hash && <span className="text-green">{t('testerSame')}</span>}
      >
        <Input value={theirs} dir="ltr" onChange={({ target }) => setTheirs(target.value)} />
      </Field>
    </div>
  );
}

/** Lower-case hex of HMAC-SHA256; empty until it is computed. An outdated result is dropped. */
function useHash(token: string, identifier: string): string {
  const [hash, setHash] = useState('');
  useEffect(() => {
    if (!isPossible || !token || !identifier) return setHash('');
    let current = true;
    void hmacHex(token, identifier).then((hex) => current && setHash(hex));
    return () => {
      current = false;
    };
  }, [token, identifier]);
  return hash;
}

/** HMAC-SHA256 of the identifier with the token as key, in hex. */
async function hmacHex(token: string, identifier: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(token), algorithm, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(identifier)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
