/** The hits of a search: conversations, contacts and messages, each a link to its place. */
import type { ReactNode } from 'react';
import { toPreview } from '../conversations/thread/preview.ts';
import { Record, Records } from '../settings/records.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { useTimes } from '../words/time.ts';
import type { Kind } from './address.ts';
import type { SearchHits } from './use-search.ts';
import { useSearchWords } from './words.ts';

/** Hits of each kind while all kinds are shown. */
const HITS_PER_KIND = 5;

interface Props {
  hits: SearchHits;
  kind: Kind;
  onKind: (kind: Kind) => void;
}

/** A group for each kind that has hits. */
export function Results({ hits, kind, onKind }: Props) {
  const t = useSearchWords();
  const times = useTimes();
  const textOf = (message: Parameters<typeof toPreview>[0]) => toPreview(message) || t('aFile');
  const { conversations, contacts, messages } = hits;
  const shown = kind === 'all' ? HITS_PER_KIND : undefined;
  const group = (of: Exclude<Kind, 'all'>) => ({ of, kind, count: hits[of].length, onKind });
  return (
    <>
      <Group {...group('conversations')}>
        {conversations.slice(0, shown).map(({ id, contact, inbox, message, created_at }) => (
          <Record
            key={id}
            name={contact.name}
            mark={<Avatar name={contact.name} />}
            to={`/conversations/${id}`}
            title={`${contact.name} · #${id}`}
            detail={message ? textOf(message) : inbox.name}
            end={<TimeLabel text={times.short(message?.created_at ?? created_at)} />}
          />
        ))}
      </Group>
      <Group {...group('contacts')}>
        {contacts.slice(0, shown).map(({ id, name, email, phone_number, identifier }) => (
          <Record
            key={id}
            name={name}
            mark={<Avatar name={name} />}
            to={`/contacts/${id}`}
            title={name}
            detail={email ?? phone_number ?? identifier}
          />
        ))}
      </Group>
      <Group {...group('messages')}>
        <Messages messages={messages.slice(0, shown)} />
      </Group>
    </>
  );
}

interface GroupProps {
  of: Exclude<Kind, 'all'>;
  kind: Kind;
  count: number;
  onKind: (kind: Kind) => void;
  children: ReactNode;
}

/** While all kinds are shown it has a heading, and a button that shows its kind alone. */
function Group({ of, kind, count, onKind, children }: GroupProps) {
  const t = useSearchWords();
  if (!count) return null;
  return (
    <section className="flex flex-col gap-2">
      {kind === 'all' && (
        <header className="flex items-center justify-between">
          <h2 className="font-semibold">{t(of)}</h2>
          {count > HITS_PER_KIND && (
            <Button size="small" look="quiet" onClick={() => onKind(of)}>
              {t('more')}
            </Button>
          )}
        </header>
      )}
      <Records>{children}</Records>
    </section>
  );
}

/** The time at the end of a row. */
function TimeLabel({ text }: { text: string }) {
  return <span className="tabular shrink-0 text-xs text-soft">{text}</span>;
}

/** Each leads to its conversation. */
function Messages({ messages }: Pick<SearchHits, 'messages'>) {
  const times = useTimes();
  const t = useSearchWords();
  return messages.map(({ id, conversation_id, content, message_type, sender, created_at }) => (
    <Record
      key={id}
      name={`#${conversation_id}`}
      to={`/conversations/${conversation_id}`}
      title={toPreview({ content, message_type }) || t('aFile')}
      detail={[sender?.name, `#${conversation_id}`].filter(Boolean).join(' · ')}
      end={<TimeLabel text={times.short(created_at)} />}
    />
  ));
}
