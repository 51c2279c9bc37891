/** The bot that answers first in an inbox. */
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { SavedSelect } from '../settings/saved.tsx';
import { useInboxWords } from './words.ts';

/** New conversations begin with the bot, as pending. */
export function BotOfInbox({ inbox_id: id }: { inbox_id: number }) {
  const t = useInboxWords();
  const { data: bots } = useApi('GET /agent_bots', {});
  const { data } = useApi('GET /inboxes/{id}/agent_bot', { id });
  const save = async (agent_bot: number | null) => {
    await api('POST /inboxes/{id}/set_agent_bot', { id, agent_bot });
    await invalidate('GET /inboxes/{id}/agent_bot');
  };
  const options = [
    { value: null, label: t('noBot') },
    ...(bots ?? []).map((bot) => ({ value: bot.id, label: bot.name })),
  ];
  return (
    <SavedSelect<number | null>
      label={t('bot')}
      help={t('botHelp')}
      value={data?.agent_bot?.id ?? null}
      options={options}
      disabled={!bots || !data}
      save={save}
    />
  );
}
