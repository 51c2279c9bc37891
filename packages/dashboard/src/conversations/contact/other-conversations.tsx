/** The other conversations of the contact that the agent may see. */
import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { paths, toSearch } from '../../route-paths.ts';
import { Chip } from '../../ui/chip.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useTimes } from '../../words/time.ts';
import { toPreview } from '../thread/preview.ts';
import { useConversationWords } from '../words.ts';

/** Each opens in the same list, so Back returns to this one. */
export function OtherConversations({ contact_id, current }: { contact_id: number; current: number }) {
  const t = useConversationWords();
  const times = useTimes();
  const { data } = useApi('GET /contacts/{id}/conversations', { id: contact_id });
  if (!data) return <Skeleton className="h-8 w-full" />;
  const others = data.payload.filter(({ id }) => id !== current);
  if (!others.length) return <p className="text-soft">{t('noOthers')}</p>;
  return (
    <ul className="-mx-2">
      {others.map(({ id, status, last_activity_at, last_non_activity_message }) => (
        <li key={id}>
          <Link
            to={paths.conversations}
            params={{ id: String(id) }}
            search={toSearch((search) => search)}
            className="flex items-center gap-2 rounded-control px-2 py-1.5 hover:bg-hover"
          >
            <span className="tabular shrink-0 text-xs text-soft">#{id}</span>
            <span className="min-w-0 flex-1 truncate">
              {(last_non_activity_message && toPreview(last_non_activity_message)) || t('noMessage')}
            </span>
            {status !== 'open' && <Chip tone={status === 'resolved' ? 'green' : 'amber'}>{t(status)}</Chip>}
            <span className="tabular shrink-0 text-xs text-soft">{times.short(last_activity_at)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
