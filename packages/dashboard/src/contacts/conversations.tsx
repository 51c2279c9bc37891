/** The conversations of a contact that the caller may see, newest first. */
import { useApi } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { Record, Records, RecordsSkeleton } from '../settings/records.tsx';
import { Chip } from '../ui/chip.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useTimes } from '../words/time.ts';
import { useContactWords } from './words.ts';

const tones = { open: 'accent', resolved: 'green', pending: 'amber', snoozed: 'neutral' } as const;

/** Each leads to the conversation; files stand for a message without text. */
export function Conversations({ contact_id: id }: { contact_id: number }) {
  const t = useContactWords();
  const times = useTimes();
  const { data, error, refetch } = useApi('GET /contacts/{id}/conversations', { id });
  return (
    <Section title={t('conversations')}>
      {error && <ErrorState error={error} title={t('contactFailed')} onRetry={() => void refetch()} />}
      {!data && !error && <RecordsSkeleton rows={2} />}
      {data && !data.payload.length && <p className="text-soft">{t('noConversations')}</p>}
      {data && data.payload.length > 0 && (
        <Records>
          {data.payload.map(({ id, status, last_non_activity_message: last, last_activity_at }) => (
            <Record
              key={id}
              name={`#${id}`}
              to={`/conversations/${id}`}
              title={last ? last.content || t('aFile') : t('noMessage')}
              detail={`#${id} · ${times.short(last_activity_at)}`}
              end={<Chip tone={tones[status]}>{t(status)}</Chip>}
            />
          ))}
        </Records>
      )}
    </Section>
  );
}
