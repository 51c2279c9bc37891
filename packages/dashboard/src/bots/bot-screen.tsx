/** One bot: picture, token, secrets, and its deliveries. */
import { Bot, Pencil } from 'lucide-react';
import { useState } from 'react';
import { type ApiOutput, api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { useRouteParams } from '../route-paths.ts';
import { SettingsPage } from '../settings/page.tsx';
import { Picture } from '../settings/picture.tsx';
import { RecordsSkeleton } from '../settings/records.tsx';
import { useSettingsWords } from '../settings/words.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Ledger } from '../webhooks/ledger.tsx';
import { BotForm } from './bot-form.tsx';
import { Secrets } from './secrets.tsx';
import { useBotWords } from './words.ts';

/** There is no endpoint for one bot, so it is found in the list. */
export function Screen() {
  const t = useBotWords();
  const settings = useSettingsWords();
  const { id = '' } = useRouteParams();
  const { data, error, refetch } = useApi('GET /agent_bots', {});
  const [editing, setEditing] = useState(false);
  const bot = data?.find((one) => one.id === Number(id) && !one.system_bot);
  const edit = bot && (
    <Button icon={Pencil} onClick={() => setEditing(true)}>
      {settings('edit')}
    </Button>
  );
  return (
    <SettingsPage
      title={bot?.name ?? t('title')}
      lead={bot?.description}
      action={edit}
      back={{ to: '/settings/bots', label: t('back') }}
      administrator
    >
      {error ? (
        <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
      ) : bot ? (
        <>
          <BotPicture bot={bot} />
          <Secrets bot={bot} />
          {bot.outgoing_url && <Ledger endpoint={`bot:${bot.id}`} />}
          {editing && <BotForm bot={bot} onClose={() => setEditing(false)} />}
        </>
      ) : data ? (
        <EmptyState icon={Bot} title={t('notFound')} />
      ) : (
        <RecordsSkeleton />
      )}
    </SettingsPage>
  );
}

type BotRecord = ApiOutput<'GET /agent_bots'>[number];

/** The picture with the address of the bot. */
function BotPicture({ bot }: { bot: BotRecord }) {
  const t = useBotWords();
  const refetch = () => invalidate('GET /agent_bots');
  return (
    <Picture
      name={bot.name}
      url={bot.thumbnail}
      upload={(avatar) => api('PATCH /agent_bots/{id}', { id: bot.id }, { files: { avatar } }).then(refetch)}
      remove={() => api('DELETE /agent_bots/{id}/avatar', { id: bot.id }).then(refetch)}
    >
      <p dir="ltr" className="truncate text-soft rtl:text-right">
        {bot.outgoing_url || t('noUrl')}
      </p>
    </Picture>
  );
}
