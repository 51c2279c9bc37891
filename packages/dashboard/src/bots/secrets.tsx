/** Token and secrets of a bot, to copy and to replace. */
import type { AgentBot } from '@hoory/client';
import { RefreshCw } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Field, useSave } from '../ui/field.tsx';
import { useBotWords } from './words.ts';

/** A replaced token or secret ends at once, which the section says. */
export function Secrets({ bot }: { bot: AgentBot }) {
  const t = useBotWords();
  const { id } = bot;
  return (
    <Section title={t('secrets')} help={t('replaceWarning')}>
      <Secret
        label={t('token')}
        help={t('tokenHelp')}
        value={bot.access_token}
        replace={() => api('POST /agent_bots/{id}/reset_access_token', { id })}
      />
      <Secret
        label={t('secret')}
        value={bot.secret}
        replace={() => api('POST /agent_bots/{id}/reset_secret', { id })}
      />
      <Secret label={t('standardSecret')} value={bot.standard_webhooks_secret} />
    </Section>
  );
}

interface Props {
  label: string;
  help?: string;
  value: string | undefined;
  replace?: () => Promise<unknown>;
}

/** A secret without `replace` can only be copied. */
function Secret({ label, help, value, replace }: Props) {
  const t = useBotWords();
  const showError = useErrorToast();
  const [state, run] = useSave(async () => {
    try {
      await replace?.();
      await invalidate('GET /agent_bots');
    } catch (error) {
      showError(t('replaceFailed'), error);
      throw error;
    }
  });
  return (
    <Field label={label} help={help} state={state}>
      <div className="flex gap-2">
        <div className="min-w-0 flex-1">
          <CopyField value={value ?? ''} label={label} secret />
        </div>
        {replace && (
          <Button icon={RefreshCw} busy={state.status === 'saving'} onClick={() => void run(undefined)}>
            {t('replace')}
          </Button>
        )}
      </div>
    </Field>
  );
}
