/** The page of a satisfaction survey, where the customer rates a conversation. Plain HTML without scripts. */
import type { CsatSurvey } from '@hoory/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html, raw } from 'hono/html';
import type { App } from '../app.ts';
import { defaultQuestion } from '../conversations/status.ts';
import { Refusal } from '../errors.ts';
import { rateConversation, readSurvey } from '../messages/csat.ts';
import { surveyEnd } from '../messages/submit.ts';
import { findText } from '../text.ts';
import { acceptedLanguages, type Html, sendPage, textOf } from './html.ts';
import { findLanguage, type Language as PageLanguage } from './languages.ts';
import { surveyStyle } from './survey-style.ts';
import { surveyWords, type Words } from './survey-words.ts';

type Language = PageLanguage<Words>;
type Request = FastifyRequest<{
  Params: { conversation_uuid: string };
  Body: Record<string, unknown> | undefined;
}>;

/** Registers `GET` and `POST` of `/survey/responses/{conversation_uuid}`. */
export function registerSurveyPage(http: FastifyInstance, app: App): void {
  const path = '/survey/responses/:conversation_uuid';
  http.get(path, (request: Request, reply) => show(app, request, reply));
  http.post(path, (request: Request, reply) => rate(app, request, reply));
}

/** A form that was sent without a valid rating: the page shows it again with the customer's text. */
interface RefusedForm {
  feedback: string;
}

async function show(app: App, request: Request, reply: FastifyReply, refused?: RefusedForm) {
  const survey = await readSurvey(app, uuidOf(request)).catch(unlessUnknown);
  const accepted = [...acceptedLanguages(request), survey?.locale ?? ''];
  const language = findLanguage(surveyWords, accepted);
  const { lang, dir, words } = language;
  return sendPage(survey ? reply : reply.code(404), {
    lang,
    dir,
    title: survey?.inbox_name ?? words.unknown,
    head,
    style: surveyStyle,
    policy: [
      `img-src 'self' ${app.url()} data:`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ],
    body: survey
      ? html`${header(survey)}
${content(app, survey, { language, refused })}`
      : html`<h1>${words.unknown}</h1><p class="dim">${words.unknownHelp}</p>`,
  });
}

const head = html`<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,">`;

const uuidOf = ({ params }: Request) => textOf(params.conversation_uuid);

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal && error.code === 'not_found')) throw error;
}

/** Stores the rating and redirects to the page, so that reloading the page does not send the form again. */
async function rate(app: App, request: Request, reply: FastifyReply) {
  const { rating, feedback_message } = request.body ?? {};
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

const header = ({ inbox_name, inbox_avatar_url }: CsatSurvey): Html =>
  html`<header>${inbox_avatar_url && html`<img src="${inbox_avatar_url}" alt="" width="40" height="40">`}<span dir="auto">${inbox_name}</span></header>`;

interface View {
  language: Language;
  refused: RefusedForm | undefined;
}

/** The page's content: the survey is closed, the form, or the given answer with a form to change it. */
function content(app: App, survey: CsatSurvey, { language: { words, lang }, refused }: View): Html {
  const end = surveyEnd(Date.parse(survey.created_at));
  const question = survey.content === defaultQuestion ? words.question : (survey.content ?? words.question);
  const heading = html`<h1 dir="auto">${question}</h1>`;
  if (app.now() > end)
    return html`${heading}
<p>${words.closed}</p><p class="dim">${words.closedHelp}</p>
${givenAnswer(survey, words)}`;
  if (!survey.csat_survey_response || refused)
    return html`${heading}
${form(survey, words, refused)}`;
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(end);
  return html`<h1>${words.thanks}</h1>
${givenAnswer(survey, words)}
<p class="dim">${words.until.replace('{date}', date)}</p>
<details><summary>${words.change}</summary><p dir="auto">${question}</p>${form(survey, words)}</details>`;
}

const faces = ['😞', '😑', '😐', '😀', '😍'];

/** The customer's answer as HTML; blank without one. */
function givenAnswer({ csat_survey_response: answer, display_type }: CsatSurvey, words: Words): Html | '' {
  if (!answer) return '';
  const { rating, feedback_message } = answer;
  const sign = display_type === 'star' ? '★'.repeat(rating) : faces[rating - 1];
  const feedback = feedback_message && html`<p class="quote" dir="auto">${feedback_message}</p>`;
  return html`<div role="group" aria-label="${words.yours}"><p><span class="sign" aria-hidden="true">${sign}</span> ${labelOf(words, rating)}</p>${feedback}</div>`;
}

const labelOf = (words: Words, rating: number) => words.rating.replace('{n}', String(rating));

function form(survey: CsatSurvey, words: Words, refused?: RefusedForm): Html {
  const { csat_survey_response: answer, display_type } = survey;
  const feedback = refused?.feedback ?? answer?.feedback_message ?? '';
  // Browsers drop a line break right after `<textarea>`, so the text begins on the next line to keep a line break of its own.
  return html`<form method="post">
${refused && html`<p role="alert">${words.choose}</p>`}
<fieldset class="${display_type === 'star' ? 'stars' : 'faces'}"><legend class="unseen">${words.question}</legend>
<div class="choices">${choices(survey, words, refused ? undefined : answer?.rating)}</div>
<div class="ends dim" aria-hidden="true"><span>${words.worst}</span><span>${words.best}</span></div></fieldset>
<label>${words.feedback}<textarea name="feedback_message" rows="4" maxlength="4000" dir="auto">
${feedback}</textarea></label>
<button>${words.send}</button></form>`;
}

const choices = ({ display_type }: CsatSurvey, words: Words, chosen: number | undefined): Html[] =>
  faces.map((face, index) => {
    const rating = index + 1;
    const checked = chosen === rating && raw(' checked');
    return html`<label><input type="radio" name="rating" value="${rating}" required aria-label="${labelOf(words, rating)}"${checked}><span aria-hidden="true">${display_type === 'star' ? '★' : face}</span></label>`;
  });
