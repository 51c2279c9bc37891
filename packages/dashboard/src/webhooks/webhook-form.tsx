/** The dialog that creates or changes a webhook: address, name and events. */
import type { Webhook } from '@hoory/client';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { Checkbox } from '../ui/switch.tsx';
import { useWebhookWords } from './words.ts';

type Subscription = Webhook['subscriptions'][number];

/** All events that can be subscribed to, the usual ones first. */
const events: readonly Subscription[] = [
  'conversation_created',
  'conversation_status_changed',
  'conversation_updated',
  'message_created',
  'message_updated',
  'contact_created',
  'contact_updated',
  'inbox_created',
  'inbox_updated',
  'conversation_typing_on',
  'conversation_typing_off',
];
/** The events that most receivers need. */
const defaultEvents = events.slice(0, 7);

/** At least one event must be chosen. */
export function WebhookForm({ webhook, onClose }: { webhook: Webhook | undefined; onClose: () => void }) {
  const t = useWebhookWords();
  const [chosen, setChosen] = useState<readonly Subscription[]>(webhook?.subscriptions ?? defaultEvents);
  const submit = async (fields: FormData) => {
    if (!chosen.length) return false;
    const input = {
      url: String(fields.get('url')).trim(),
      name: String(fields.get('name')).trim() || null,
      subscriptions: [...chosen],
    };
    if (webhook) await api('PATCH /webhooks/{id}', { id: webhook.id, ...input });
    else await api('POST /webhooks', input);
    await invalidate('GET /webhooks', 'GET /webhook_endpoints');
    return true;
  };
  return (
    <FormDialog title={webhook ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('url')}>
        <Input
          name="url"
          type="url"
          dir="ltr"
          required
          maxLength={2048}
          pattern="https?://.*"
          defaultValue={webhook?.url}
          placeholder="https://hooks.example.com/hoory"
          autoFocus
        />
      </Field>
      <Field label={t('name')} help={t('nameHelp')}>
        <Input name="name" defaultValue={webhook?.name ?? ''} maxLength={255} />
      </Field>
      <Subscriptions chosen={chosen} onChange={setChosen} />
    </FormDialog>
  );
}

interface SubscriptionsProps {
  chosen: readonly Subscription[];
  onChange: (chosen: readonly Subscription[]) => void;
}

/** The names are those of the wire, which a developer reads in the payload. */
function Subscriptions({ chosen, onChange }: SubscriptionsProps) {
  const t = useWebhookWords();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{t('subscriptions')}</legend>
      {events.map((event) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the box inside it is the control
        <label key={event} className="flex items-center gap-2">
          <Checkbox
            checked={chosen.includes(event)}
            onChange={(on) => onChange(on ? [...chosen, event] : chosen.filter((other) => other !== event))}
          />
          <code className="font-mono text-xs">{event}</code>
        </label>
      ))}
      {!chosen.length && (
        <p role="alert" className="text-xs text-red">
          {t('subscriptionsFault')}
        </p>
      )}
    </fieldset>
  );
}
