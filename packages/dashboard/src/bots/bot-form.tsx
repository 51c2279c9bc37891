/** The dialog that creates or changes a bot. */
import type { AgentBot } from '@hoory/client';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useBotWords } from './words.ts';

interface Props {
  bot: AgentBot | undefined;
  onClose: () => void;
  onMade?: (bot: AgentBot) => void;
}

/** `onMade` opens the new bot, whose secrets are needed next. */
export function BotForm({ bot, onClose, onMade }: Props) {
  const t = useBotWords();
  const submit = async (fields: FormData) => {
    const input = {
      name: String(fields.get('name')).trim(),
      description: String(fields.get('description')) || null,
      outgoing_url: String(fields.get('outgoing_url')).trim() || null,
    };
    if (bot) await api('PATCH /agent_bots/{id}', { id: bot.id, ...input });
    else onMade?.(await api('POST /agent_bots', input));
    await invalidate('GET /agent_bots', 'GET /webhook_endpoints');
  };
  return (
    <FormDialog title={bot ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')}>
        <Input name="name" defaultValue={bot?.name} required maxLength={255} autoFocus />
      </Field>
      <Field label={t('description')}>
        <Input name="description" defaultValue={bot?.description ?? ''} maxLength={255} />
      </Field>
      <Field label={t('url')} help={t('urlHelp')}>
        <Input
          name="outgoing_url"
          type="url"
          dir="ltr"
          defaultValue={bot?.outgoing_url ?? ''}
          placeholder="https://bot.example.com/hoory"
        />
      </Field>
    </FormDialog>
  );
}
