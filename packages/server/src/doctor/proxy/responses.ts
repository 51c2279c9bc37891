/** Checks of what the proxy makes of responses: CORS, headers, entity tags, compression. */
import { failed, ok, okUnless, type Verdict, warning } from '../findings.ts';
import { doctorDisposition } from '../routes.ts';
import { askEcho, withoutToken } from './answers.ts';
import { lineFor } from './lines.ts';
import type { Answer, Site } from './site.ts';

/** A public text that is worth compressing, the same at every request. */
const largePath = '/openapi-client.json';

/** Any inbox: its refusal has the same headers. */
const clientPath = '/public/api/v1/inboxes/doctor';

/** Whether a site of this origin may call the Client API. @throws errors of the connection */
export async function checkCors(site: Site, origin: string): Promise<Verdict> {
  const preflight = await site.ask(clientPath, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  const answer = await site.ask(clientPath, { headers: { origin } });
  const fault = judgePreflight(preflight) ?? judgeAllowed(answer, origin) ?? judgeAllowed(preflight, origin);
  if (!fault) return ok(`Pages of ${origin} may call the Client API`);
  return failed({
    found: fault,
    breaks: 'Browsers refuse the Client API to chats on other sites',
    change: lineFor('cors', site.server),
  });
}

function judgePreflight({ status, headers }: Answer): string | undefined {
  if (status >= 300) return `A preflight (OPTIONS) is answered with ${status}`;
  const allowed = String(headers['access-control-allow-headers'] ?? '').toLowerCase();
  const methods = String(headers['access-control-allow-methods'] ?? '');
  if (!/content-type|\*/.test(allowed) || !/POST|\*/.test(methods))
    return 'The answer to a preflight (OPTIONS) is not that of the server';
  return undefined;
}

function judgeAllowed({ headers, countOf }: Answer, origin: string): string | undefined {
  const count = countOf('access-control-allow-origin');
  const allowed = headers['access-control-allow-origin'];
  if (count > 1 || allowed?.includes(','))
    return 'Access-Control-Allow-Origin comes twice, and browsers refuse that';
  if (allowed === undefined) return 'Access-Control-Allow-Origin is missing';
  return allowed === '*' || allowed === origin ? undefined : `Access-Control-Allow-Origin is ${allowed}`;
}

const untouched = {
  'x-content-type-options': 'nosniff',
  'content-disposition': doctorDisposition,
  'referrer-policy': 'no-referrer',
};

/** Whether headers arrive as they were sent, and an unchanged answer is not sent again. @throws errors of the connection */
export async function checkHeaders(site: Site): Promise<Verdict[]> {
  if (!site.token) return [withoutToken()];
  const read = await askEcho(site);
  if ('verdict' in read) return [read.verdict];
  const { headers, countOf } = read.answer;
  const faults: Verdict[] = [];
  const changed = Object.entries(untouched).filter(
    ([name, value]) => headers[name] !== value || countOf(name) !== 1,
  );
  if (changed.length)
    faults.push(
      failed({
        found: `The proxy changes or repeats ${changed.map(([name]) => name).join(', ')}`,
        breaks: 'Downloads lose their names, or browsers open uploaded files as pages',
        change: lineFor('headers', site.server),
      }),
    );
  if (!(await isRevalidated(site)))
    faults.push(
      warning({
        found: 'ETag or If-None-Match does not get through the proxy',
        breaks: 'Clients that ask again receive everything again',
        change: lineFor('headers', site.server),
      }),
    );
  return okUnless(faults, 'Headers arrive as they were sent, and unchanged answers are 304');
}

async function isRevalidated(site: Site): Promise<boolean> {
  const { etag } = (await site.ask(largePath)).headers;
  if (etag === undefined) return false;
  const again = await site.ask(largePath, { headers: { 'if-none-match': etag } });
  return again.status === 304;
}

/** Whether long texts arrive compressed. @throws errors of the connection */
export async function checkCompression(site: Site): Promise<Verdict> {
  const { headers, status } = await site.ask(largePath, { headers: { 'accept-encoding': 'br, gzip' } });
  const encoding = headers['content-encoding'];
  if (status === 200 && encoding) return ok(`Long answers are compressed (${encoding})`);
  return warning({
    found: status === 200 ? 'Long answers arrive uncompressed' : `${largePath} is answered with ${status}`,
    breaks: 'The desk and lists take three to five times the bytes, and longer to open',
    change: lineFor('compression', site.server),
  });
}
