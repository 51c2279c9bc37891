/** The page behind the link of a satisfaction survey: the customer rates a conversation. Plain HTML, without a script. */
import type { CsatSurvey } from '@hoory/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { defaultQuestion } from '../conversations/status.ts';
import { Refusal } from '../errors.ts';
import { rateConversation, readSurvey } from '../messages/csat.ts';
import { surveyEnd } from '../messages/submit.ts';
import { newToken } from '../secrets.ts';
import { findText } from '../text.ts';
import { escapeHtml, textOf } from './html.ts';
import { findLanguage, type Language as Spoken } from './languages.ts';
import { surveyWords, type Words } from './survey-words.ts';

type Language = Spoken<Words>;

/** `GET` and `POST /survey/responses/{conversation_uuid}`. */
export function registerSurveyPage(http: FastifyInstance, app: App): void {
  const path = '/survey/responses/:conversation_uuid';
  http.get(path, (request, reply) => show(app, request, reply));
  http.post(path, (request, reply) => rate(app, request, reply));
}

/** What was sent without a rating, or with one that is none. */
interface Refused {
  feedback: string;
}

async function show(app: App, request: FastifyRequest, reply: FastifyReply, refused?: Refused) {
  const survey = await readSurvey(app, uuidOf(request)).catch(unlessUnknown);
  const wanted = (request.headers['accept-language'] ?? '').split(',');
  const language = findLanguage(surveyWords, [...wanted, survey?.locale ?? '']);
  const parts = survey ? [head(survey), ...content(app, survey, { language, refused })] : [unknown(language)];
  const title = survey?.inbox_name ?? language.words.unknown;
  return send(app, survey ? reply : reply.code(404), { language, title, body: parts.join('\n') });
}

const uuidOf = ({ params }: FastifyRequest) =>
  textOf((params as { conversation_uuid: string }).conversation_uuid);

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal && error.code === 'not_found')) throw error;
}

/** The answer leads back to the page: loading that again does not rate again. */
async function rate(app: App, request: FastifyRequest, reply: FastifyReply) {
  const { rating, feedback_message } = (request.body ?? {}) as Record<string, unknown>;
  const feedback = textOf(feedback_message).trim();
  const csat_survey_response = {
    rating: Number(findText(rating)),
    ...(feedback && { feedback_message: feedback }),
  };
  try {
    await rateConversation(app, uuidOf(request), { csat_survey_response });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return show(app, request, reply.code(422), error.code === 'invalid' ? { feedback } : undefined);
  }
  return reply.redirect(request.url, 303);
}

const unknown = ({ words }: Language) => `<h1>${words.unknown}</h1><p class="dim">${words.unknownHelp}</p>`;

function head({ inbox_name, inbox_avatar_url }: CsatSurvey): string {
  const picture =
    inbox_avatar_url && `<img src="${escapeHtml(inbox_avatar_url)}" alt="" width="40" height="40">`;
  return `<header>${picture}<span dir="auto">${escapeHtml(inbox_name)}</span></header>`;
}

interface Shown {
  language: Language;
  refused: Refused | undefined;
}

function content(app: App, survey: CsatSurvey, { language, refused }: Shown): string[] {
  const { words, lang } = language;
  const answer = survey.csat_survey_response;
  const end = surveyEnd(Date.parse(survey.created_at));
  const question = survey.content === defaultQuestion ? words.question : (survey.content ?? words.question);
  const asked = `<h1 dir="auto">${escapeHtml(question)}</h1>`;
  if (app.now() > end)
    return [asked, `<p>${words.closed}</p><p class="dim">${words.closedHelp}</p>`, given(survey, words)];
  if (!answer || refused) return [asked, form(survey, words, refused)];
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(end);
  return [
    `<h1>${words.thanks}</h1>`,
    given(survey, words),
    `<p class="dim">${words.until.replace('{date}', date)}</p>`,
    `<details><summary>${words.change}</summary><p dir="auto">${escapeHtml(question)}</p>${form(survey, words)}</details>`,
  ];
}

const faces = ['😞', '😑', '😐', '😀', '😍'];

/** The answer as it was given, if it was. */
function given({ csat_survey_response: answer, display_type }: CsatSurvey, words: Words): string {
  if (!answer) return '';
  const { rating, feedback_message } = answer;
  const sign = display_type === 'star' ? '★'.repeat(rating) : faces[rating - 1];
  const feedback = feedback_message && `<p class="quote" dir="auto">${escapeHtml(feedback_message)}</p>`;
  return `<div role="group" aria-label="${words.yours}"><p><span class="sign" aria-hidden="true">${sign}</span> ${say(words, rating)}</p>${feedback ?? ''}</div>`;
}

const say = (words: Words, rating: number) => words.rating.replace('{n}', String(rating));

function form(
  { csat_survey_response: answer, display_type }: CsatSurvey,
  words: Words,
  refused?: Refused,
): string {
  const isStar = display_type === 'star';
  const choices = faces.map((face, at) => {
    const checked = !refused && answer?.rating === at + 1 ? ' checked' : '';
    return `<label><input type="radio" name="rating" value="${at + 1}" required aria-label="${say(words, at + 1)}"${checked}><span aria-hidden="true">${isStar ? '★' : face}</span></label>`;
  });
  const feedback = refused?.feedback ?? answer?.feedback_message ?? '';
  return `<form method="post">
${refused ? `<p role="alert">${words.choose}</p>` : ''}
<fieldset class="${isStar ? 'stars' : 'faces'}"><legend class="unseen">${words.question}</legend>
<div class="choices">${choices.join('')}</div>
<div class="ends dim" aria-hidden="true"><span>${words.worst}</span><span>${words.best}</span></div></fieldset>
<label>${words.feedback}<textarea name="feedback_message" rows="4" maxlength="4000" dir="auto">
${escapeHtml(feedback)}</textarea></label>
<button>${words.send}</button></form>`;
}

interface Page {
  language: Language;
  title: string;
  body: string;
}

/** The address is the conversation's secret, so it is sent nowhere and kept nowhere. */
function send(app: App, reply: FastifyReply, { language, title, body }: Page): FastifyReply {
  const nonce = newToken();
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Accept-Language',
      'referrer-policy': 'no-referrer',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src 'self' ${app.url()} data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    })
    .send(`<!doctype html>
<html lang="${language.lang}" dir="${language.dir}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<style nonce="${nonce}">${style}</style></head><body><main>${body}</main></body></html>
`);
}

const style = `
:root{color-scheme:light dark;--surface:light-dark(oklch(.995 .002 260),oklch(.2 .012 260));--text:light-dark(oklch(.22 .02 260),oklch(.94 .006 260));
--accent:light-dark(oklch(.5 .19 262),oklch(.56 .18 264));--red:light-dark(oklch(.5 .19 27),oklch(.75 .15 25));--star:light-dark(oklch(.6 .14 65),oklch(.8 .15 80));
--soft:color-mix(in oklch,var(--surface),var(--text) 7%);--line:color-mix(in oklch,var(--surface),var(--text) 14%);
--control:color-mix(in oklch,var(--surface),var(--text) 48%);--dim:color-mix(in oklch,var(--surface),var(--text) 70%)}
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 Inter,system-ui,sans-serif;background:var(--soft);color:var(--text);overflow-wrap:anywhere}
main{max-width:440px;min-height:100dvh;margin:0 auto;padding:24px;background:var(--surface)}
@media(min-width:480px){main{min-height:0;margin:max(24px,12vh) auto;border:1px solid var(--line);border-radius:16px}}
header{display:flex;align-items:center;gap:12px;padding-bottom:16px;border-bottom:1px solid var(--line);font-weight:600}
img{border-radius:50%;object-fit:cover}
h1{font-size:20px;line-height:1.3;margin:16px 0 8px}p{margin:8px 0}.dim{color:var(--dim)}
.sign{font-size:24px;vertical-align:-2px}.quote{padding:8px 12px;border-radius:10px;background:var(--soft);white-space:pre-wrap}
fieldset{border:0;padding:0;margin:16px 0 8px;min-width:0}
.choices{display:flex;gap:8px}.choices label{position:relative;flex:1;display:grid;place-items:center;min-height:56px;border:1px solid var(--control);border-radius:10px;font-size:28px;cursor:pointer}
.choices input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.choices label:has(:checked){border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.choices label:has(:focus-visible),button:focus-visible,textarea:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.faces:has(:checked) label:not(:has(:checked)) span{opacity:.6}
.stars label{color:var(--control)}.stars label:has(:checked),.stars label:has(~label :checked){color:var(--star)}
.ends{display:flex;justify-content:space-between;font-size:13px;margin-top:4px}
textarea,button{display:block;width:100%;font:inherit;border-radius:10px}
textarea{margin:4px 0 16px;padding:8px 12px;font-size:16px;border:1px solid var(--control);background:transparent;color:inherit;resize:vertical}
button{min-height:44px;border:0;background:var(--accent);color:#fff;cursor:pointer}
summary{cursor:pointer;padding:8px 0;border-radius:6px}[role=alert]{color:var(--red)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`;
