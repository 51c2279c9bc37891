/** Token and secret of a bot: to copy and to replace. */
import type { AgentBot } from '@hoory/client';
import { RefreshCw } from 'lucide-react';
import { api } from '../api/api.ts';
import { forget } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useSayFailure } from '../ui/failure.ts';
import { Field, useSave } from '../ui/field.tsx';
import { useBotWords } from './words.ts';

export function BotSecrets({ bot, onClose }: { bot: AgentBot; onClose: () => void }) {
  const t = useBotWords();
  const { id, name } = bot;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={name}
      description={t('replaceWarning')}
      actions={
        <Button look="primary" onClick={onClose}>
          {t('done')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
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
      </div>
    </Dialog>
  );
}

interface Props {
  label: string;
  help?: string;
  value: string | undefined;
  replace?: () => Promise<unknown>;
}

function Secret({ label, help, value, replace }: Props) {
  const t = useBotWords();
  const sayFailure = useSayFailure();
  const [state, run] = useSave(async () => {
    try {
      await replace?.();
      await forget('GET /agent_bots');
    } catch (error) {
      sayFailure(t('replaceFailed'), error);
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
