/** The pages to which links in e-mails lead: choose a password, confirm an e-mail address. Plain HTML without scripts. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { confirmEmail, setPassword } from '../auth/reset.ts';
import { Refusal } from '../errors.ts';
import { acceptedLanguages, type Html, sendPage, textOf } from './html.ts';
import { findLanguage, type Language as PageLanguage } from './languages.ts';
import { passwordWords, type Words } from './password-words.ts';

type Form = Record<string, unknown>;
type Language = PageLanguage<Words>;
type Request = FastifyRequest<{ Querystring: Form; Body: Form | undefined }>;

/** Registers `GET` and `POST` of `/password` and `/confirmation`. */
export function registerPasswordPage(http: FastifyInstance, app: App): void {
  http.get('/password', ({ headers, query }: Request, reply) => {
    const language = languageOf(headers);
    return send(reply, language, passwordForm(language, textOf(query.reset_password_token)));
  });
  http.post('/password', (request: Request, reply) => choosePassword(app, request, reply));
  http.get('/confirmation', ({ headers, query }: Request, reply) => {
    const language = languageOf(headers);
    return send(reply, language, confirmationForm(language, textOf(query.confirmation_token)));
  });
  http.post('/confirmation', (request: Request, reply) => confirm(app, request, reply));
}

const languageOf = (headers: Request['headers']): Language =>
  findLanguage(passwordWords, acceptedLanguages({ headers }));

async function choosePassword(
  app: App,
  { headers, body = {} }: Request,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const language = languageOf(headers);
  const { words } = language;
  const reset_password_token = textOf(body.reset_password_token);
  try {
    await setPassword(app, { reset_password_token, password: textOf(body.password) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fault = error.detail.attributes?.includes('password') ? words.weak : words.badLink;
    return send(reply.code(422), language, passwordForm(language, reset_password_token, fault));
  }
  return send(reply, language, { title: words.isSet, body: linkToDesk(words.signIn) });
}

async function confirm(
  app: App,
  { headers, body = {} }: Request,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const language = languageOf(headers);
  const { words } = language;
  try {
    const { email } = await confirmEmail(app, textOf(body.confirmation_token));
    return send(reply, language, {
      title: words.confirmed.replace('{email}', () => email),
      body: linkToDesk(words.toDesk),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return send(reply.code(422), language, { title: words.confirm, body: alert(words.badLink) });
  }
}

interface Content {
  title: string;
  body: Html;
}

const linkToDesk = (text: string): Html => html`<p><a href="/app">${text}</a></p>`;

const alert = (fault: string): Html => html`<p role="alert">${fault}</p>`;

/** A form with a button, because mail scanners open links: a `GET` that confirmed would use up the token. */
const confirmationForm = ({ words }: Language, token: string): Content => ({
  title: words.confirm,
  body: html`<form method="post" action="/confirmation">
<input type="hidden" name="confirmation_token" value="${token}">
<button>${words.confirmIt}</button></form>`,
});

const passwordForm = ({ words }: Language, token: string, fault?: string): Content => ({
  title: words.choose,
  body: html`${fault && alert(fault)}
<form method="post" action="/password">
<input type="hidden" name="reset_password_token" value="${token}">
<label>${words.password}<input type="password" name="password" autocomplete="new-password" dir="ltr" required minlength="6" maxlength="128"></label>
<p>${words.rule}</p>
<button>${words.set}</button></form>`,
});

const send = (
  reply: FastifyReply,
  { lang, dir }: Language,
  { title, body }: Content,
): Promise<FastifyReply> =>
  sendPage(reply, {
    lang,
    dir,
    title,
    style,
    policy: ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
    body: html`<h1>${title}</h1>
${body}`,
  });

const style = `
body{color-scheme:light dark;font:15px/1.5 Inter,system-ui,sans-serif;margin:0;background:light-dark(#f1f2f5,#101216);color:light-dark(#1c2028,#eceef2)}
main{max-width:360px;margin:15vh auto;padding:0 24px}h1{font-size:20px}label{display:block}
input:not([type=hidden]),button{display:block;box-sizing:border-box;width:100%;font:inherit;padding:8px 10px;margin-top:4px;border-radius:8px;border:1px solid light-dark(#868c98,#7d8594);background:transparent;color:inherit}
button{background:light-dark(#1f4fd8,#7aa2ff);color:light-dark(#fff,#0b1020);border:0;cursor:pointer}
[role=alert]{color:light-dark(#b3261e,#ff9a90)}a{color:light-dark(#1f4fd8,#7aa2ff)}
`;
