/** The pages behind links by mail: a user chooses a password, or confirms an e-mail. Plain HTML, without a script. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../app.ts';
import { confirmEmail, setPassword } from '../auth/reset.ts';
import { Refusal } from '../errors.ts';
import { newToken } from '../secrets.ts';
import { escapeHtml, textOf } from './html.ts';

type Form = Record<string, unknown>;

/** `GET` and `POST /password`, `/confirmation`. */
export function registerPasswordPage(http: FastifyInstance, app: App): void {
  http.get('/password', (request, reply) =>
    send(reply, form(textOf((request.query as Form).reset_password_token))),
  );
  http.post('/password', (request, reply) => choose(app, reply, (request.body ?? {}) as Form));
  http.get('/confirmation', (request, reply) =>
    send(reply, confirmation(textOf((request.query as Form).confirmation_token)), confirmTitle),
  );
  http.post('/confirmation', (request, reply) => settle(app, reply, (request.body ?? {}) as Form));
}

async function choose(app: App, reply: FastifyReply, given: Form): Promise<FastifyReply> {
  const reset_password_token = textOf(given.reset_password_token);
  try {
    await setPassword(app, { reset_password_token, password: textOf(given.password) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return send(reply.code(422), form(reset_password_token, error.message));
  }
  return send(reply, '<h1>Your password is set</h1><p><a href="/app">Sign in</a></p>');
}

async function settle(app: App, reply: FastifyReply, given: Form): Promise<FastifyReply> {
  try {
    const { email } = await confirmEmail(app, textOf(given.confirmation_token));
    const body = `<h1>${escapeHtml(email)} is confirmed</h1><p><a href="/app">Go to the desk</a></p>`;
    return send(reply, body, confirmTitle);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = `<h1>${confirmTitle}</h1><p role="alert">${escapeHtml(error.message)}</p>`;
    return send(reply.code(422), body, confirmTitle);
  }
}

const confirmTitle = 'Confirm your e-mail';

/** With a button: programs that look at links in mail use nothing up. */
const confirmation = (token: string): string => `<h1>${confirmTitle}</h1>
<form method="post" action="/confirmation">
<input type="hidden" name="confirmation_token" value="${escapeHtml(token)}">
<button>Confirm</button></form>`;

const form = (token: string, fault = ''): string => `<h1>Choose a password</h1>
${fault && `<p role="alert">${escapeHtml(fault)}</p>`}
<form method="post" action="/password">
<input type="hidden" name="reset_password_token" value="${escapeHtml(token)}">
<label>New password<input type="password" name="password" autocomplete="new-password" required minlength="6" maxlength="128"></label>
<p>Six characters or more, with an upper case letter, a lower case letter, a digit and a special character.</p>
<button>Set password</button></form>`;

function send(reply: FastifyReply, body: string, title = 'Choose a password'): FastifyReply {
  const nonce = newToken();
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    })
    .send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style nonce="${nonce}">
body{color-scheme:light dark;font:15px/1.5 Inter,system-ui,sans-serif;margin:0;background:light-dark(#f1f2f5,#101216);color:light-dark(#1c2028,#eceef2)}
main{max-width:360px;margin:15vh auto;padding:0 24px}h1{font-size:20px}label{display:block}
input:not([type=hidden]),button{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px 10px;margin-top:4px;border-radius:8px;border:1px solid light-dark(#868c98,#7d8594);background:transparent;color:inherit}
button{background:light-dark(#1f4fd8,#7aa2ff);color:light-dark(#fff,#0b1020);border:0;cursor:pointer}
[role=alert]{color:light-dark(#b3261e,#ff9a90)}a{color:light-dark(#1f4fd8,#7aa2ff)}
</style></head><body><main>${body}</main></body></html>
`);
}
