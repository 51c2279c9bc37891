/** The webhooks of the account, each with the state of its address. */
import type { Webhook } from '@hoory/client';
import { WebhookIcon } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { StateChip } from './circuit.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { useWebhookWords } from './words.ts';

/** The state of an address comes from another endpoint than the webhook. */
export function Screen() {
  const t = useWebhookWords();
  const query = useApi('GET /webhooks', {});
  const { data: endpoints } = useApi('GET /webhook_endpoints', {});
  const stateOf = (id: number) => endpoints?.payload.find(({ endpoint }) => endpoint === `webhook:${id}`);
  return (
    <RecordsPage<Webhook>
      kind="webhook"
      t={t}
      icon={WebhookIcon}
      query={query}
      records={query.data?.payload.webhooks}
      toRow={({ id, name, url, subscriptions }) => ({
        name: name || url,
        detail: `${name ? `${url} · ` : ''}${t('events', { count: subscriptions.length })}`,
        end: <StateChip endpoint={stateOf(id)} />,
        to: `/settings/webhooks/${id}`,
      })}
      form={(webhook, close) => <WebhookForm webhook={webhook} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /webhooks/{id}', { id });
        await invalidate('GET /webhooks', 'GET /webhook_endpoints');
      }}
      administrator
    />
  );
}
