/** The dialog that sends all deliveries of a time span again. */
import { useState } from 'react';
import { api } from '../api/api.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { showToast } from '../ui/toast.tsx';
import { useWebhookWords } from './words.ts';

interface Props {
  endpoint: string;
  onClose: () => void;
  onDone: () => void;
}

/** The fields begin with the last hour. */
export function ReplaySpan({ endpoint, onClose, onDone }: Props) {
  const t = useWebhookWords();
  const [fault, setFault] = useState<string>();
  const submit = async (fields: FormData) => {
    const [since, until] = ['since', 'until'].map((name) => toUnix(String(fields.get(name))));
    if (since === undefined || until === undefined || until <= since) {
      setFault(t('spanFault'));
      return false;
    }
    const { count } = await api('POST /webhook_deliveries/replay', { endpoint, since, until });
    showToast({ title: t('spanDone', { count }) });
    onDone();
    return true;
  };
  const now = Date.now();
  return (
    <FormDialog
      title={t('replaySpan')}
      description={t('replaySpanHelp')}
      act={t('replay')}
      onClose={onClose}
      submit={submit}
    >
      <Field label={t('since')}>
        <Input name="since" type="datetime-local" required defaultValue={toLocal(now - 3_600_000)} />
      </Field>
      <Field label={t('until')} fault={fault}>
        <Input name="until" type="datetime-local" required defaultValue={toLocal(now + 60_000)} />
      </Field>
    </FormDialog>
  );
}

/** A time as `datetime-local` takes it, in the time zone of this device. */
function toLocal(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Unix seconds; undefined for an incomplete input. */
function toUnix(text: string): number | undefined {
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
