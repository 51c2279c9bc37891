/** The conversations: the newest open ones. */
import { Inbox } from 'lucide-react';
import { useApi } from '../api/queries.ts';
import { Avatar } from '../ui/avatar.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useConversationWords } from './words.ts';

export function Screen() {
  const t = useConversationWords();
  const { data, error, refetch } = useApi('GET /conversations', {});
  if (error) return <ErrorState error={error} title={t('listFailed')} onRetry={() => void refetch()} />;
  if (!data) return null;
  const { payload } = data.data;
  if (!payload.length)
    return (
      <EmptyState icon={Inbox} title={t('noneOpen')}>
        {t('noneOpenHelp')}
      </EmptyState>
    );
  return (
    <ul className="max-w-80">
      {payload.map(({ id, meta, messages }) => (
        <li key={id} className="flex h-16 items-center gap-3 border-b border-line px-3">
          <Avatar name={meta.sender.name} url={meta.sender.thumbnail} />
          <div className="min-w-0">
            <p className="truncate font-medium">{meta.sender.name}</p>
            <p className="truncate text-soft">{messages[0]?.content}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
