/**
 * Reads `content_attributes` of interactive messages (client-api.md section 2.8). The field is free-form: a bot may send
 * anything, and a missing or mistyped part must not keep the thread from being drawn.
 */
import type { AgentMessage } from '@hoory/client';
import { isRecord } from '../../json.ts';

/** A choice, a field of a form, a card or an article; each type uses some of the fields. */
export interface Item {
  title?: string;
  value?: string;
  name?: string;
  label?: string;
  description?: string;
  link?: string;
  actions: readonly { text?: string; uri?: string }[];
}

/** Rating of a survey, once the customer has answered it. */
export interface Rating {
  rating?: number;
  feedback?: string;
}

export interface InteractiveContent {
  items: readonly Item[];
  /** Answers of the customer. */
  submitted: readonly Item[];
  submittedEmail?: string;
  rating: Rating;
}

export function readContent({
  content_attributes,
}: Pick<AgentMessage, 'content_attributes'>): InteractiveContent {
  const { items, submitted_values, submitted_email } = content_attributes;
  return {
    items: readItems(items),
    submitted: readItems(submitted_values),
    submittedEmail: readText(submitted_email),
    rating: readRating(submitted_values),
  };
}

/** One answer alone is sent without an array. */
function readItems(values: unknown): Item[] {
  const list: unknown[] = Array.isArray(values) ? values : [values];
  return list.filter(isRecord).map((item) => ({
    title: readText(item.title),
    value: readText(item.value),
    name: readText(item.name),
    label: readText(item.label),
    description: readText(item.description),
    link: readText(item.link),
    actions: (Array.isArray(item.actions) ? item.actions : [])
      .filter(isRecord)
      .map(({ text, uri }) => ({ text: readText(text), uri: readText(uri) })),
  }));
}

function readRating(values: unknown): Rating {
  const answer = isRecord(values) ? values.csat_survey_response : undefined;
  if (!isRecord(answer)) return {};
  const { rating, feedback_message } = answer;
  return { rating: typeof rating === 'number' ? rating : undefined, feedback: readText(feedback_message) };
}

/** Numbers and booleans are shown as text, several values with commas; anything else counts as absent. */
function readText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.flatMap((one) => readText(one) ?? []).join(', ');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
