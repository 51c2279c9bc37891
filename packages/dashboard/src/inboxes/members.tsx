/** The members of an inbox: a switch for every agent of the account. */
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { Record, Records, RecordsSkeleton } from '../settings/records.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { SearchedList } from '../ui/searched-list.tsx';
import { Switch } from '../ui/switch.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** Needs both lists: all agents, and those who are members. */
export function Members({ inbox: { id: inbox_id } }: InboxDocument) {
  const t = useInboxWords();
  const agents = useApi('GET /agents', {});
  const members = useApi('GET /inbox_members/{inbox_id}', { inbox_id });
  const error = agents.error ?? members.error;
  const retry = () => void Promise.all([agents.refetch(), members.refetch()]);
  return (
    <Section title={t('members')} help={t('membersHelp')}>
      {error ? (
        <ErrorState error={error} title={t('membersFailed')} onRetry={retry} />
      ) : agents.data && members.data ? (
        <MemberList
          inbox_id={inbox_id}
          agents={agents.data}
          memberIds={new Set(members.data.payload.map(({ id }) => id))}
        />
      ) : (
        <RecordsSkeleton />
      )}
    </Section>
  );
}

interface ListProps {
  inbox_id: number;
  agents: readonly Props['agent'][];
  memberIds: ReadonlySet<number>;
}

/** In an account of many agents the members come first. */
function MemberList({ inbox_id, agents, memberIds }: ListProps) {
  const isMember = ({ id }: { id: number }) => memberIds.has(id);
  return (
    <SearchedList items={agents} textOf={({ name, email }) => `${name} ${email}`} isFirst={isMember}>
      {(some) => (
        <Records>
          {some.map((agent) => (
            <Member key={agent.id} inbox_id={inbox_id} agent={agent} isMember={isMember(agent)} />
          ))}
        </Records>
      )}
    </SearchedList>
  );
}

interface Props {
  inbox_id: number;
  agent: { id: number; name: string; email: string; thumbnail: string };
  isMember: boolean;
}

/** The switch shows the requested state during the request, and falls back when it is refused. */
function Member({ inbox_id, agent: { id, name, email, thumbnail }, isMember }: Props) {
  const t = useInboxWords();
  const showError = useErrorToast();
  const [requested, setRequested] = useState<boolean>();
  const change = async (next: boolean) => {
    setRequested(next);
    try {
      const change = { inbox_id, user_ids: [id] };
      if (next) await api('POST /inbox_members', change);
      else await api('DELETE /inbox_members', change);
      await invalidate('GET /inbox_members/{inbox_id}');
    } catch (error) {
      showError(t('memberFailed'), error);
    }
    setRequested(undefined);
  };
  return (
    <Record
      name={name}
      mark={<Avatar name={name} url={thumbnail} />}
      title={name}
      detail={email}
      end={
        <Switch
          checked={requested ?? isMember}
          label={t('isMember', { name })}
          onChange={(next) => void change(next)}
        />
      }
    />
  );
}
