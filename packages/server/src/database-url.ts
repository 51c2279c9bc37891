/** `DATABASE_URL` may name several servers, as libpq reads it: `postgres://user:password@one:5432,two:5432/hoory`. */

const severalHosts = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/;

/** @returns an address for each server that `url` names */
export function splitDatabaseUrl(url: string): string[] {
  const [, start = '', hosts = '', end = ''] = severalHosts.exec(url) ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => `${start}${host}${end}`) : [url];
}

/** Whether each server of `url` has an address of PostgreSQL. */
export const isDatabaseUrl = (url: string): boolean =>
  splitDatabaseUrl(url).every(
    (one) => URL.canParse(one) && ['postgres:', 'postgresql:'].includes(new URL(one).protocol),
  );
