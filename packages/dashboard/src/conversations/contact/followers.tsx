/**
 * The followers of a conversation: agents who are notified of its messages. The agent follows with a button and adds
 * others with a menu.
 */
import { Bell, BellOff, Plus } from 'lucide-react';
import { type ApiOutput, api, queries } from '../../api/api.ts';
import { useApi } from '../../api/queries.ts';
import type { Conversation } from '../../live/conversation.ts';
import { useSession } from '../../session/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { ChoiceList } from '../../ui/choice-list.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useErrorToast } from '../../ui/failure.ts';
import { Picker } from '../../ui/picker.tsx';
import { useConversationWords } from '../words.ts';

type Follower = ApiOutput<'GET /conversations/{conversation_id}/participants'>[number];

/** Only agents who may see the inbox can follow. */
export function Followers({ conversation }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { user } = useSession();
  const { followers, error, refetch, add, remove } = useFollowers(conversation.id);
  const seeing = useApi('GET /assignable_agents', { inbox_ids: [conversation.inbox_id] }).data?.payload ?? [];
  if (error) return <ErrorState error={error} title={t('followersFailed')} onRetry={() => void refetch()} />;
  if (!followers) return <Skeleton className="h-6 w-3/5" />;
  const follows = ({ id }: { id: number }) => followers.some((one) => one.id === id);
  const me = seeing.find(({ id }) => id === user.id);
  const others = seeing.filter((one) => one.id !== user.id && !follows(one));
  return (
    <div className="space-y-2">
      {followers.length ? (
        <ul className="flex flex-wrap gap-1">
          {followers.map((one) => (
            <li key={one.id}>
              <Chip
                remove={{ label: t('removeLabel', { label: one.available_name }), run: () => remove(one) }}
              >
                {one.available_name}
              </Chip>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-soft">{t('noFollowers')}</p>
      )}
      <div className="flex items-center gap-1">
        <FollowButton {...{ me, add, remove }} follows={follows(user)} />
        <AddFollower agents={others} onAdd={add} />
      </div>
    </div>
  );
}

type Follow = ReturnType<typeof useFollowers>['add'];
type Agent = Parameters<Follow>[0];

interface FollowButtonProps {
  follows: boolean;
  /** Undefined when this agent cannot see the conversation's inbox. */
  me: Agent | undefined;
  add: Follow;
  remove: ReturnType<typeof useFollowers>['remove'];
}

/** Follows or unfollows as the signed-in agent. */
function FollowButton({ follows, me, add, remove }: FollowButtonProps) {
  const t = useConversationWords();
  const { user } = useSession();
  return follows ? (
    <Button size="small" icon={BellOff} onClick={() => remove(user)}>
      {t('unfollow')}
    </Button>
  ) : (
    <Button size="small" icon={Bell} title={t('followHelp')} disabled={!me} onClick={() => me && add(me)}>
      {t('follow')}
    </Button>
  );
}

/** Agents who may follow and do not yet. */
function AddFollower({ agents, onAdd }: { agents: readonly Agent[]; onAdd: Follow }) {
  const t = useConversationWords();
  return (
    <Picker
      label={t('addFollower')}
      trigger={<IconButton icon={Plus} size="small" label={t('addFollower')} />}
    >
      {(close) => (
        <ChoiceList
          label={t('addFollower')}
          none={agents.length ? undefined : t('noOthersToAdd')}
          choices={agents.map(toChoice)}
          isChosen={() => false}
          onChoose={(id) => {
            close();
            const agent = agents.find((one) => one.id === id);
            if (agent) onAdd(agent);
          }}
        />
      )}
    </Picker>
  );
}

const toChoice = ({ id, available_name: name, email, thumbnail }: Agent) => ({
  value: id,
  label: name,
  keywords: email,
  mark: <Avatar name={name} url={thumbnail} size={18} />,
});

const path = '/conversations/{conversation_id}/participants' as const;

/**
 * The followers and their changes. A change is written to the query cache at once; when the server refuses it, the list is
 * read again.
 */
function useFollowers(conversation_id: number) {
  const t = useConversationWords();
  const showError = useErrorToast();
  const { account_id } = useSession();
  const { data: followers, error, refetch } = useApi(`GET ${path}`, { conversation_id });
  const key = [`GET ${path}`, account_id, { conversation_id }];
  const write = (change: (now: readonly Follower[]) => readonly Follower[], send: () => Promise<unknown>) => {
    queries.setQueryData(key, change);
    send().catch((failure) => {
      showError(t('notChanged'), failure);
      void queries.invalidateQueries({ queryKey: key });
    });
  };
  return {
    followers,
    error,
    refetch,
    add: (one: Follower) =>
      write(
        (now) => [...now, one],
        () => api(`POST ${path}`, { conversation_id, user_ids: [one.id] }),
      ),
    remove: ({ id }: { id: number }) =>
      write(
        (now) => now.filter((one) => one.id !== id),
        () => api(`DELETE ${path}`, { conversation_id, user_ids: [id] }),
      ),
  };
}
