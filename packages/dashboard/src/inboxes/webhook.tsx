/** The webhook of an inbox: its address, the secrets that sign deliveries, and the deliveries. */
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { SavedText } from '../settings/saved.tsx';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Field } from '../ui/field.tsx';
import { Ledger } from '../webhooks/ledger.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** Deliveries are listed only while there is an address. */
export function InboxWebhook({ inbox, save, put }: InboxDocument) {
  const t = useInboxWords();
  return (
    <>
      <Section title={t('webhook')}>
        <SavedText
          label={t('webhookUrl')}
          help={t('webhookUrlHelp')}
          value={inbox.webhook_url ?? ''}
          type="url"
          placeholder="https://hooks.example.com/hoory"
          ltr
          faultOf={(text) =>
            !text.trim() || /^https?:\/\//i.test(text.trim()) ? undefined : t('webhookFault')
          }
          save={(text) => save({ channel: { webhook_url: text.trim() || null } })}
        />
        <Secret inbox={inbox} put={put} />
        <Field label={t('standardSecret')} help={t('standardSecretHelp')}>
          <CopyField value={inbox.standard_webhooks_secret ?? ''} label={t('standardSecret')} secret />
        </Field>
      </Section>
      {inbox.webhook_url && <Ledger endpoint={`inbox:${inbox.id}`} />}
    </>
  );
}

/** A reset is confirmed, because the receiver refuses deliveries until it has the new secret. */
function Secret({ inbox, put }: Pick<InboxDocument, 'inbox' | 'put'>) {
  const t = useInboxWords();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Field label={t('secret')} help={t('secretHelp')}>
        <div className="flex gap-2">
          <div className="min-w-0 flex-1">
            <CopyField value={inbox.secret ?? ''} label={t('secret')} secret />
          </div>
          <Button icon={RefreshCw} onClick={() => setAsking(true)}>
            {t('resetSecret')}
          </Button>
        </div>
      </Field>
      {asking && (
        <FormDialog
          title={t('resetTitle')}
          description={t('resetHelp')}
          act={t('resetSecret')}
          danger
          onClose={() => setAsking(false)}
          submit={async () => put(await api('POST /inboxes/{id}/reset_secret', { id: inbox.id }))}
        />
      )}
    </>
  );
}
