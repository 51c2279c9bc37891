/** The agents of the account: invite, change the role, remove. */
import type { Agent } from '@hoory/client';
import { Pencil, UserMinus, UserPlus, Users } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { SettingsPage } from '../settings/page.tsx';
import { Record, Records, RecordsSkeleton } from '../settings/records.tsx';
import { useRemoval } from '../settings/removal.ts';
import { useSettingsWords } from '../settings/words.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { EditAgent } from './edit-agent.tsx';
import { InviteAgent } from './invite-agent.tsx';
import { useAgentWords } from './words.ts';

export function Screen() {
  const t = useAgentWords();
  const [inviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<Agent>();
  const add = (
    <Button look="primary" icon={UserPlus} onClick={() => setInviting(true)}>
      {t('add')}
    </Button>
  );
  return (
    <SettingsPage title={t('title')} lead={t('lead')} action={add} administrator>
      <Agents onEdit={setEditing} add={add} />
      {inviting && <InviteAgent onClose={() => setInviting(false)} />}
      {editing && <EditAgent agent={editing} onClose={() => setEditing(undefined)} />}
    </SettingsPage>
  );
}

/** An account with a single agent gets a hint to invite others. */
function Agents({ onEdit, add }: { onEdit: (agent: Agent) => void; add: ReactNode }) {
  const t = useAgentWords();
  const { user } = useSession();
  const { data, error, refetch } = useApi('GET /agents', {});
  const [hidden] = useRemoval();
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <RecordsSkeleton />;
  const shown = data.filter(({ id }) => !hidden.has(`agent:${id}`));
  return (
    <>
      <SearchedList items={shown} textOf={({ name, email }) => `${name} ${email}`}>
        {(some) => (
          <Records>
            {some.map((agent) => (
              <AgentRow key={agent.id} agent={agent} isSelf={agent.id === user.id} onEdit={onEdit} />
            ))}
          </Records>
        )}
      </SearchedList>
      {shown.length === 1 && (
        <EmptyState icon={Users} title={t('only')} action={add}>
          {t('onlyHelp')}
        </EmptyState>
      )}
    </>
  );
}

interface Props {
  agent: Agent;
  isSelf: boolean;
  onEdit: (agent: Agent) => void;
}

/** An agent cannot remove themselves. */
function AgentRow({ agent, isSelf, onEdit }: Props) {
  const t = useAgentWords();
  const settings = useSettingsWords();
  const [, remove] = useRemoval();
  const { id, name, email, thumbnail, availability_status } = agent;
  const removal = {
    key: `agent:${id}`,
    name,
    run: async () => {
      await api('DELETE /agents/{id}', { id });
      await invalidate('GET /agents');
    },
  };
  return (
    <Record
      name={name}
      mark={<Avatar name={name} url={thumbnail} presence={availability_status} />}
      title={name}
      detail={email}
      end={<Marks agent={agent} isSelf={isSelf} />}
      menu={
        <>
          <MenuItem icon={Pencil} onClick={() => onEdit(agent)}>
            {settings('edit')}
          </MenuItem>
          {!isSelf && (
            <MenuItem icon={UserMinus} danger onClick={() => remove(removal)}>
              {t('remove')}
            </MenuItem>
          )}
        </>
      }
    />
  );
}

/** Role, and whether the invitation is still unconfirmed. */
function Marks({ agent: { role, confirmed }, isSelf }: Pick<Props, 'agent' | 'isSelf'>) {
  const t = useAgentWords();
  return (
    <span className="flex flex-wrap justify-end gap-1">
      {isSelf && <Chip>{t('you')}</Chip>}
      {!confirmed && <Chip tone="amber">{t('notConfirmed')}</Chip>}
      <Chip tone={role === 'administrator' ? 'accent' : 'neutral'}>{t(role)}</Chip>
    </span>
  );
}
