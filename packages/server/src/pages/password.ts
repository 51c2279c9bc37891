/** The pages behind links by mail: a user chooses a password, or confirms an e-mail. Plain HTML, without a script. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { confirmEmail, setPassword } from '../auth/reset.ts';
import { Refusal } from '../errors.ts';
import { newToken } from '../secrets.ts';
import { escapeHtml, textOf } from './html.ts';
import { findLanguage, type Language as Spoken } from './languages.ts';
import { passwordWords, type Words } from './password-words.ts';

type Form = Record<string, unknown>;
type Language = Spoken<Words>;

/** `GET` and `POST /password`, `/confirmation`. */
export function registerPasswordPage(http: FastifyInstance, app: App): void {
  http.get('/password', (request, reply) => {
    const language = languageOf(request);
    return send(reply, language, choosing(language, textOf((request.query as Form).reset_password_token)));
  });
  http.post('/password', (request, reply) => choose(app, request, reply));
  http.get('/confirmation', (request, reply) => {
    const language = languageOf(request);
    return send(reply, language, confirming(language, textOf((request.query as Form).confirmation_token)));
  });
  http.post('/confirmation', (request, reply) => confirm(app, request, reply));
}

const languageOf = ({ headers }: FastifyRequest): Language =>
  findLanguage(passwordWords, (headers['accept-language'] ?? '').split(','));

async function choose(app: App, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const given = (request.body ?? {}) as Form;
  const language = languageOf(request);
  const { words } = language;
  const reset_password_token = textOf(given.reset_password_token);
  try {
    await setPassword(app, { reset_password_token, password: textOf(given.password) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fault = error.detail.attributes?.includes('password') ? words.weak : words.badLink;
    return send(reply.code(422), language, choosing(language, reset_password_token, fault));
  }
  return send(reply, language, { title: words.isSet, body: linkTo(words.signIn) });
}

async function confirm(app: App, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const language = languageOf(request);
  const { words } = language;
  try {
    const { email } = await confirmEmail(app, textOf(((request.body ?? {}) as Form).confirmation_token));
    return send(reply, language, {
      title: words.confirmed.replace('{email}', () => email),
      body: linkTo(words.toDesk),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return send(reply.code(422), language, { title: words.confirm, body: alert(words.badLink) });
  }
}

interface Content {
  title: string;
  body: string;
}

const linkTo = (text: string): string => `<p><a href="/app">${text}</a></p>`;

const alert = (fault: string): string => fault && `<p role="alert">${fault}</p>`;

/** With a button: programs that look at links in mail use nothing up. */
const confirming = ({ words }: Language, token: string): Content => ({
  title: words.confirm,
  body: `<form method="post" action="/confirmation">
<input type="hidden" name="confirmation_token" value="${escapeHtml(token)}">
<button>${words.confirmIt}</button></form>`,
});

const choosing = ({ words }: Language, token: string, fault = ''): Content => ({
  title: words.choose,
  body: `${alert(fault)}
<form method="post" action="/password">
<input type="hidden" name="reset_password_token" value="${escapeHtml(token)}">
<label>${words.password}<input type="password" name="password" autocomplete="new-password" dir="ltr" required minlength="6" maxlength="128"></label>
<p>${words.rule}</p>
<button>${words.set}</button></form>`,
});

function send(reply: FastifyReply, { lang, dir }: Language, { title, body }: Content): FastifyReply {
  const nonce = newToken();
  const heading = escapeHtml(title);
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Accept-Language',
      'referrer-policy': 'no-referrer',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    })
    .send(`<!doctype html>
<html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>${heading}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style nonce="${nonce}">
body{color-scheme:light dark;font:15px/1.5 Inter,system-ui,sans-serif;margin:0;background:light-dark(#f1f2f5,#101216);color:light-dark(#1c2028,#eceef2)}
main{max-width:360px;margin:15vh auto;padding:0 24px}h1{font-size:20px}label{display:block}
input:not([type=hidden]),button{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px 10px;margin-top:4px;border-radius:8px;border:1px solid light-dark(#868c98,#7d8594);background:transparent;color:inherit}
button{background:light-dark(#1f4fd8,#7aa2ff);color:light-dark(#fff,#0b1020);border:0;cursor:pointer}
[role=alert]{color:light-dark(#b3261e,#ff9a90)}a{color:light-dark(#1f4fd8,#7aa2ff)}
</style></head><body><main><h1>${heading}</h1>
${body}</main></body></html>
`);
}
