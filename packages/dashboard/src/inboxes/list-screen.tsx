/** The inboxes of the account. */
import { useNavigate } from '@tanstack/react-router';
import { Inbox as InboxIcon, Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { SettingsPage } from '../settings/page.tsx';
import { Record, Records, RecordsSkeleton } from '../settings/records.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { NewInbox } from './new-inbox.tsx';
import { useInboxWords } from './words.ts';

/** A new inbox opens at its configuration, which is what comes next. */
export function Screen() {
  const t = useInboxWords();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  );
  return (
    <SettingsPage title={t('title')} lead={t('lead')} action={add} administrator>
      <Inboxes add={add} />
      {adding && (
        <NewInbox
          onClose={() => setAdding(false)}
          onMade={({ id }) => void navigate({ to: `/settings/inboxes/${id}/configuration` })}
        />
      )}
    </SettingsPage>
  );
}

/** Each with its identifier and its identity policy; the permissive one is marked. */
function Inboxes({ add }: { add: React.ReactNode }) {
  const t = useInboxWords();
  const { data, error, refetch } = useApi('GET /inboxes', {});
  if (error) return <ErrorState error={error} title={t('listFailed')} onRetry={() => void refetch()} />;
  if (!data) return <RecordsSkeleton />;
  if (!data.payload.length)
    return (
      <EmptyState icon={InboxIcon} title={t('none')} action={add}>
        {t('noneHelp')}
      </EmptyState>
    );
  return (
    <SearchedList items={data.payload} textOf={({ name, inbox_identifier }) => `${name} ${inbox_identifier}`}>
      {(some) => (
        <Records>
          {some.map(({ id, name, avatar_url, inbox_identifier, identity_policy }) => (
            <Record
              key={id}
              name={name}
              to={`/settings/inboxes/${id}/configuration`}
              mark={<Avatar name={name} url={avatar_url} />}
              title={name}
              detail={<code className="font-mono">{inbox_identifier}</code>}
              end={
                <Chip tone={identity_policy === 'legacy' ? 'amber' : 'neutral'}>{t(identity_policy)}</Chip>
              }
            />
          ))}
        </Records>
      )}
    </SearchedList>
  );
}
