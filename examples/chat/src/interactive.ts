/** Messages that ask or offer something: choices, forms, cards, articles, the survey (client-api.md section 2.8). */
import type { SubmittedValues, ThreadMessage } from '@hoory/client';
import { h, link, safeUrl } from './dom.ts';
import type { Words } from './words.ts';

export interface Asking {
  words: Words;
  submit(values: SubmittedValues): Promise<void>;
  say(text: string): void;
}

interface Item {
  title?: string;
  value?: string;
  description?: string;
  link?: string;
  media_url?: string;
  actions?: { text?: string; type?: string; payload?: string; uri?: string }[];
  name?: string;
  label?: string;
  type?: string;
  placeholder?: string;
  default?: string;
  required?: boolean;
  pattern?: string;
  pattern_error?: string;
  options?: { label?: string; value?: string }[];
}

/** Checks only that it is a list: the server has checked the items of a message (client-api.md section 2.8). */
const isItems = (value: unknown): value is Item[] => Array.isArray(value);

/** Elements under the text of a message, by its `content_type`. */
export function renderInteractive(message: ThreadMessage, asking: Asking): HTMLElement[] {
  const { items, submitted_values } = message.content_attributes;
  const list = isItems(items) ? items : [];
  if (message.content_type === 'input_select') return [renderChoices(list, submitted_values, asking)];
  if (message.content_type === 'cards') return list.map((item) => renderCard(item, asking));
  if (message.content_type === 'article') return list.map((item) => renderArticle(item, asking));
  const isForm = message.content_type === 'form';
  if (!isForm && message.content_type !== 'input_csat') return [];
  if (submitted_values) return [h('p', 'note', asking.words.submitted)];
  return [isForm ? renderForm(list, asking) : renderSurvey(message, asking)];
}

function renderChoices(items: Item[], submitted: unknown, asking: Asking): HTMLElement {
  const answers = [submitted].flat();
  const chosen = isItems(answers) ? answers[0] : undefined;
  const box = h('div', { class: 'choices', role: 'group', 'aria-label': asking.words.choose });
  for (const { title = '', value = '' } of items) {
    const isChosen = chosen !== undefined && chosen.value === value;
    const choose = () => send(box, asking, [{ title, value }]);
    const pressed = String(isChosen);
    box.append(
      h(
        'button',
        { class: 'choice', dir: 'auto', 'aria-pressed': pressed, disabled: Boolean(chosen), click: choose },
        title,
      ),
    );
  }
  return box;
}

function renderCard({ title, description, media_url, actions = [] }: Item, asking: Asking): HTMLElement {
  const picture = safeUrl(media_url);
  const card = h('div', 'card');
  if (picture) card.append(h('img', { src: picture, alt: '', loading: 'lazy' }));
  card.append(...renderWords(title, description));
  for (const { text = '', type, payload, uri } of actions) {
    const url = safeUrl(uri);
    if (type === 'postback')
      card.append(h('button', { class: 'choice', click: () => asking.say(payload || text) }, text));
    else if (url) card.append(link(url, text));
  }
  return card;
}

function renderArticle({ title, description, link: address }: Item, { words }: Asking): HTMLElement {
  const url = safeUrl(address);
  const more = url ? link(url, words.readMore) : undefined;
  more?.setAttribute('aria-label', `${words.readMore}: ${title ?? ''}`);
  return h('div', 'card', ...renderWords(title, description), more);
}

const renderWords = (title = '', description = '') => [
  h('strong', { dir: 'auto' }, title),
  h('p', { dir: 'auto' }, description),
];

function renderForm(items: Item[], asking: Asking): HTMLElement {
  const form = h('form', {
    class: 'ask',
    submit: (event) => {
      event.preventDefault();
      const values = [...new FormData(form)].map(([name, value]) => ({ name, value: String(value) }));
      void send(form, asking, values);
    },
  });
  for (const item of items)
    form.append(h('label', { dir: 'auto' }, item.label ?? item.name ?? '', field(item)));
  form.append(h('button', 'main', asking.words.submit));
  return form;
}

function field(item: Item): HTMLElement {
  const common = { name: item.name ?? '', required: item.required === true };
  if (item.type === 'select') {
    const options = (item.options ?? []).map(({ label, value }) =>
      h('option', { value: value ?? label ?? '' }, label ?? ''),
    );
    return h('select', common, ...options);
  }
  const shown = { ...common, placeholder: item.placeholder };
  if (item.type === 'text_area') return h('textarea', { ...shown, rows: 3 }, item.default ?? '');
  const type = item.type === 'email' ? 'email' : 'text';
  const { pattern, pattern_error: title } = item;
  return h('input', { ...shown, type, pattern, title, value: item.default });
}

function renderSurvey(message: ThreadMessage, asking: Asking): HTMLElement {
  const { words } = asking;
  const faces =
    message.content_attributes.display_type === 'star'
      ? ['★', '★★', '★★★', '★★★★', '★★★★★']
      : ['😞', '😑', '😐', '😀', '😍'];
  let rating = 0;
  const submit = h('button', { class: 'main', disabled: true }, words.submit);
  const more = h('textarea', { rows: 2, 'aria-label': words.feedback, placeholder: words.feedback });
  const buttons = faces.map((face, at) =>
    h(
      'button',
      {
        type: 'button',
        class: 'choice',
        'aria-pressed': 'false',
        'aria-label': words.rating.replace('{n}', String(at + 1)),
        click: () => {
          rating = at + 1;
          submit.disabled = false;
          buttons.forEach((button, place) => {
            button.setAttribute('aria-pressed', String(place === at));
          });
        },
      },
      face,
    ),
  );
  const group = h('div', { class: 'choices', role: 'group', 'aria-label': words.rate }, ...buttons);
  const answer = (event: Event) => {
    event.preventDefault();
    const feedback_message = more.value.trim();
    void send(form, asking, {
      csat_survey_response: { rating, ...(feedback_message && { feedback_message }) },
    });
  };
  const form = h('form', { class: 'ask', submit: answer }, group, more, submit);
  return form;
}

/** Sends an answer. On success the updated message replaces this one; on failure the input stays and a note is shown. */
async function send(box: HTMLElement, asking: Asking, values: SubmittedValues): Promise<void> {
  box.querySelector('.note')?.remove();
  try {
    await asking.submit(values);
  } catch {
    box.append(h('p', { class: 'note failed', role: 'alert' }, asking.words.notSaved));
  }
}
