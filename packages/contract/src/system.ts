/**
 * Checks of the server and of the way to it: what `hoory doctor` and administrators read (docs/operate.md), and the endpoints with
 * which `hoory doctor` sees what a proxy makes of a request.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath } from './paths.ts';
import { fields, named, nullable, object, UnixSeconds, words } from './schema.ts';

/** The outcome of a check. */
export const Finding = named('Finding', {
  check: Type.String({ description: 'name of the check, such as `database` or `socket`' }),
  state: words('ok', 'warning', 'failed', 'skipped'),
  found: Type.String({ description: 'what was found, or why nothing was checked' }),
  breaks: nullable(
    Type.String({ description: 'what does not work because of it; null unless something is wrong' }),
  ),
  change: nullable(Type.String({ description: 'the setting, or the line of the proxy, to change' })),
});
export type Finding = Static<typeof Finding>;

export const agentSystem = endpoints({
  agentGetSystem: {
    method: 'GET',
    path: `${accountPath}/system`,
    auth: 'administrator',
    tag: 'Account',
    summary:
      'Check the server: database, disk, mail, files, Redis, webhooks of the account, and the way of this request',
    description:
      'The checks of the server run once for all who ask within 10 seconds. Texts are in English. ' +
      'The command `hoory doctor` checks more, from outside.',
    params: accountParams,
    returns: object({
      checked_at: UnixSeconds,
      version: Type.String({ description: 'of the server' }),
      findings: Type.Array(Finding),
    }),
  },
});

const tokenNote =
  'For `hoory doctor`: it needs the header `X-Hoory-Doctor` with a token that the command signs with the key of the installation, ' +
  'and that is valid for a quarter of an hour.';

/** For the command line, which holds the key of the installation: nobody else may ask. */
export const doctor = endpoints({
  doctorEcho: {
    method: 'GET',
    path: '/doctor/echo',
    auth: 'doctor',
    tag: 'Probe',
    summary: 'Tell how the request arrived, behind all proxies',
    description: tokenNote,
    returns: object({
      proof: Type.String({ description: 'HMAC of the token with the key of the installation' }),
      version: Type.String(),
      peer: Type.String({ description: 'address of the socket: of the last proxy, or of the client' }),
      peer_port: Type.Integer(),
      address: Type.String({ description: 'address for which the request counts in the rate limits' }),
      is_peer_trusted: Type.Boolean({ description: 'whether `HOORY_TRUSTED_PROXIES` lists `peer`' }),
      host: nullable(Type.String()),
      forwarded_for: nullable(Type.String()),
      forwarded_proto: nullable(Type.String()),
      forwarded_host: nullable(Type.String()),
      max_file: Type.Integer({ description: 'bytes of the largest file that this server takes' }),
    }),
  },
  doctorWait: {
    method: 'GET',
    path: '/doctor/wait',
    auth: 'doctor',
    tag: 'Probe',
    summary: 'Answer after some seconds, as a long poll does',
    description: tokenNote,
    query: fields({ seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 25 })) }),
    returns: object({ waited_ms: Type.Integer() }),
  },
});

/** Apart from `doctor`, because its body is no set of fields. */
export const doctorUpload = endpoints({
  doctorUpload: {
    method: 'POST',
    path: '/doctor/upload',
    auth: 'doctor',
    isBytes: true,
    tag: 'Probe',
    summary: 'Read a body, keep nothing of it, and tell its length',
    description: tokenNote,
    returns: object({ bytes: Type.Integer() }),
  },
});
