/** Removes secrets of the settings from texts: errors of drivers may repeat the address that they were given. */
import type { Config } from '../config.ts';
import { splitDatabaseUrl } from '../database-url.ts';

type SecretSettings = Pick<Config, 'databaseUrl' | 'redisUrl' | 'smtpUrl' | 's3' | 'metricsToken'>;

/** @returns a function that replaces every secret in a text by `***` */
export function openRedaction(config: SecretSettings | undefined): (text: string) => string {
  const secrets = config ? secretsOf(config) : [];
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

function secretsOf({ databaseUrl, redisUrl, smtpUrl, s3, metricsToken }: SecretSettings): string[] {
  const [database] = databaseUrl ? splitDatabaseUrl(databaseUrl) : [];
  const passwords = [database, redisUrl, smtpUrl].flatMap((url) => (url ? passwordsOf(url) : []));
  const all = [...passwords, s3?.secretAccessKey ?? '', metricsToken ?? ''];
  // The longest first, because one may be a part of another.
  return [...new Set(all)].filter(Boolean).sort(byLength);
}

const byLength = (a: string, b: string) => b.length - a.length;

/** The password of an address, as it is written there and decoded, also where it is a parameter. */
function passwordsOf(url: string): string[] {
  const { password, searchParams } = new URL(url);
  return [password, decoded(password), searchParams.get('password') ?? ''];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
