/** The bots of the account. */
import type { AgentBot } from '@hoory/client';
import { Bot, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { forget, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { BotForm } from './bot-form.tsx';
import { BotSecrets } from './bot-secrets.tsx';
import { useBotWords } from './words.ts';

export function Screen() {
  const t = useBotWords();
  const query = useApi('GET /agent_bots', {});
  const [shown, setShown] = useState<number>();
  const bot = query.data?.find(({ id }) => id === shown);
  return (
    <>
      <RecordsPage<AgentBot>
        kind="bot"
        words={{
          title: t('title'),
          lead: t('lead'),
          add: t('add'),
          failed: t('failed'),
          none: t('none'),
          noneHelp: t('noneHelp'),
        }}
        icon={Bot}
        query={query}
        records={query.data}
        toRow={({ id, name, thumbnail, outgoing_url, system_bot }) => ({
          name,
          detail: outgoing_url || t('noUrl'),
          mark: <Avatar name={name} url={thumbnail} />,
          end: system_bot && <Chip>{t('system')}</Chip>,
          fixed: system_bot,
          menu: (
            <MenuItem icon={KeyRound} onClick={() => setShown(id)}>
              {t('secrets')}
            </MenuItem>
          ),
        })}
        form={(one, close) => <BotForm bot={one} onClose={close} onMade={({ id }) => setShown(id)} />}
        remove={async ({ id }) => {
          await api('DELETE /agent_bots/{id}', { id });
          await forget('GET /agent_bots', 'GET /inboxes/{id}/agent_bot');
        }}
        administrator
      />
      {bot && <BotSecrets bot={bot} onClose={() => setShown(undefined)} />}
    </>
  );
}
