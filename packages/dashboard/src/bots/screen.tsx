/** The bots of the account. */
import type { AgentBot } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { Bot } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { StateChip } from '../webhooks/circuit.tsx';
import { BotForm } from './bot-form.tsx';
import { useBotWords } from './words.ts';

/** Bots of the system belong to the installation and cannot be changed here. */
export function Screen() {
  const t = useBotWords();
  const query = useApi('GET /agent_bots', {});
  const navigate = useNavigate();
  const { data: endpoints } = useApi('GET /webhook_endpoints', {});
  const stateOf = (id: number) => endpoints?.payload.find(({ endpoint }) => endpoint === `bot:${id}`);
  return (
    <RecordsPage<AgentBot>
      kind="bot"
      t={t}
      icon={Bot}
      query={query}
      records={query.data}
      toRow={({ id, name, thumbnail, outgoing_url, system_bot }) => ({
        name,
        detail: outgoing_url || t('noUrl'),
        mark: <Avatar name={name} url={thumbnail} />,
        end: system_bot ? <Chip>{t('system')}</Chip> : <StateChip endpoint={stateOf(id)} />,
        fixed: system_bot,
        to: system_bot ? undefined : `/settings/bots/${id}`,
      })}
      form={(one, close) => (
        <BotForm
          bot={one}
          onClose={close}
          onMade={({ id }) => void navigate({ to: `/settings/bots/${id}` })}
        />
      )}
      remove={async ({ id }) => {
        await api('DELETE /agent_bots/{id}', { id });
        await invalidate('GET /agent_bots', 'GET /inboxes/{id}/agent_bot');
      }}
      administrator
    />
  );
}
