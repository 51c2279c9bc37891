/** Interactive messages: questions with the customer's answers, cards and articles. Agents read them and cannot answer. */
import type { AgentMessage } from '@hoory/client';
import { Check, ExternalLink, Star } from 'lucide-react';
import { classes } from '../../ui/classes.ts';
import { useConversationWords } from '../words.ts';
import { type Item, type Rating, readContent } from './interactive-content.ts';

/** Draws nothing for a content type without parts. */
export function Interactive({ message }: { message: AgentMessage }) {
  const { items, submitted, submittedEmail, rating } = readContent(message);
  switch (message.content_type) {
    case 'input_select':
      return <Options items={items} chosen={submitted.map(({ value }) => value)} />;
    case 'form':
      return <Form items={items} values={submitted} />;
    case 'input_text':
    case 'input_textarea':
    case 'input_email':
      return <Answer text={submittedEmail ?? submitted[0]?.value} />;
    case 'cards':
    case 'article':
      return <Cards items={items} />;
    case 'input_csat':
      return <Csat {...rating} />;
    default:
      return null;
  }
}

function Options({ items, chosen }: { items: readonly Item[]; chosen: readonly (string | undefined)[] }) {
  return (
    <ul className="my-1 flex flex-col gap-1">
      {items.map(({ title, value }) => (
        <li
          key={value}
          className={classes(
            'flex items-center gap-2 rounded-control border border-current/30 px-2.5 py-1 text-sm',
            chosen.includes(value) ? 'font-medium' : 'opacity-75',
          )}
        >
          {chosen.includes(value) && <Check aria-hidden size={14} />}
          {title}
        </li>
      ))}
    </ul>
  );
}

function Form({ items, values }: { items: readonly Item[]; values: readonly Item[] }) {
  const t = useConversationWords();
  return (
    <dl className="my-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
      {items.map(({ name, label }) => (
        <div key={name} className="contents">
          <dt className="opacity-75">{label ?? name}</dt>
          <dd className="font-medium">
            {values.find((one) => one.name === name)?.value ?? t('notAnswered')}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Answer({ text }: { text: string | undefined }) {
  const t = useConversationWords();
  return (
    <p className="my-1 rounded-control border border-current/30 px-2.5 py-1 text-sm">
      {text ?? t('notAnswered')}
    </p>
  );
}

function Cards({ items }: { items: readonly Item[] }) {
  return items.map(({ title, description, link, actions }) => (
    <div key={title} className="my-1 rounded-control border border-current/25 px-2.5 py-1.5 text-sm">
      <p className="font-medium">{link ? <WebLink to={link}>{title}</WebLink> : title}</p>
      {description && <p className="opacity-80">{description}</p>}
      {actions.map(({ text, uri }) => (
        <p key={text} className="mt-1">
          {uri ? <WebLink to={uri}>{text}</WebLink> : text}
        </p>
      ))}
    </div>
  ));
}

/** A link only for web addresses: the text comes from outside, and `javascript:` must not run. */
function WebLink({ to, children }: { to: string; children: React.ReactNode }) {
  if (!/^https?:/i.test(to)) return <>{children}</>;
  return (
    <a
      href={to}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="inline-flex items-center gap-1 underline"
    >
      {children} <ExternalLink aria-hidden size={12} />
    </a>
  );
}

function Csat({ rating, feedback }: Rating) {
  const t = useConversationWords();
  if (!rating) return <p className="text-sm opacity-75">{t('notRated')}</p>;
  return (
    <div className="my-1 text-sm">
      <p role="img" aria-label={t('rated', { rating })} className="flex gap-0.5">
        {[1, 2, 3, 4, 5].map((star) => (
          <Star key={star} aria-hidden size={16} fill={star <= rating ? 'currentColor' : 'none'} />
        ))}
      </p>
      {feedback && <p className="mt-1">{feedback}</p>}
    </div>
  );
}
