/** One webhook: its settings, its secrets, and its deliveries. */
import type { Webhook } from '@hoory/client';
import { Pencil, WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { useRouteParams } from '../route-paths.ts';
import { Section, SettingsPage } from '../settings/page.tsx';
import { RecordsSkeleton } from '../settings/records.tsx';
import { useSettingsWords } from '../settings/words.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Field } from '../ui/field.tsx';
import { Ledger } from './ledger.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { useWebhookWords } from './words.ts';

/** There is no endpoint for one webhook, so it is found in the list. */
export function Screen() {
  const t = useWebhookWords();
  const settings = useSettingsWords();
  const { id = '' } = useRouteParams();
  const { data, error, refetch } = useApi('GET /webhooks', {});
  const [editing, setEditing] = useState(false);
  const webhook = data?.payload.webhooks.find((one) => one.id === Number(id));
  const edit = webhook && (
    <Button icon={Pencil} onClick={() => setEditing(true)}>
      {settings('edit')}
    </Button>
  );
  return (
    <SettingsPage
      title={webhook?.name || webhook?.url || t('title')}
      lead={webhook?.name && <span dir="ltr">{webhook.url}</span>}
      action={edit}
      back={{ to: '/settings/webhooks', label: t('back') }}
      administrator
    >
      {error ? (
        <ErrorState error={error} title={t('oneFailed')} onRetry={() => void refetch()} />
      ) : webhook ? (
        <>
          <WebhookSettings webhook={webhook} />
          <Ledger endpoint={`webhook:${webhook.id}`} />
          {editing && <WebhookForm webhook={webhook} onClose={() => setEditing(false)} />}
        </>
      ) : data ? (
        <EmptyState icon={WebhookIcon} title={t('notFound')}>
          {t('notFoundHelp')}
        </EmptyState>
      ) : (
        <RecordsSkeleton />
      )}
    </SettingsPage>
  );
}

/** Events and secrets; the form changes the rest. */
function WebhookSettings({ webhook }: { webhook: Webhook }) {
  const t = useWebhookWords();
  return (
    <Section title={t('settings')}>
      <Field label={t('subscriptions')}>
        <p className="flex flex-wrap gap-x-3 gap-y-1">
          {webhook.subscriptions.map((event) => (
            <code key={event} className="font-mono text-xs">
              {event}
            </code>
          ))}
        </p>
      </Field>
      <Field label={t('secret')} help={t('secretHelp')}>
        <CopyField value={webhook.secret} label={t('secret')} secret />
      </Field>
      <Field label={t('standardSecret')}>
        <CopyField value={webhook.standard_webhooks_secret} label={t('standardSecret')} secret />
      </Field>
    </Section>
  );
}
