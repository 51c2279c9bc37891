/** The HMAC token of an inbox: copy, rotate, and end the previous one. */
import type { Inbox } from '@hoory/client';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { FormDialog } from '../settings/form.tsx';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Field } from '../ui/field.tsx';
import { useLanguage } from '../words/words.ts';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** After a rotation the previous token stays valid for a while, so that servers can change over; it can be ended early. */
export function HmacToken({ inbox, put }: Pick<InboxDocument, 'inbox' | 'put'>) {
  const t = useInboxWords();
  const language = useLanguage();
  const [asking, setAsking] = useState<'rotate' | 'end'>();
  const until = previousUntil(inbox, language);
  return (
    <Field label={t('hmacToken')} help={t('hmacTokenHelp')}>
      <div className="flex gap-2">
        <div className="min-w-0 flex-1">
          <CopyField value={inbox.hmac_token ?? ''} label={t('hmacToken')} secret />
        </div>
        <Button icon={RefreshCw} onClick={() => setAsking('rotate')}>
          {t('rotate')}
        </Button>
      </div>
      {until && (
        <p className="flex flex-wrap items-center gap-2 rounded-control bg-note px-3 py-2 text-note-text">
          <span className="flex-1">{t('previous', { time: until })}</span>
          <Button size="small" onClick={() => setAsking('end')}>
            {t('endPrevious')}
          </Button>
        </p>
      )}
      {asking && <Confirm {...{ inbox, put }} act={asking} onClose={() => setAsking(undefined)} />}
    </Field>
  );
}

/** When the previous token ends, in words; undefined when there is none or it has ended. */
function previousUntil(
  { previous_hmac_token_expires_at: until }: Inbox,
  language: string,
): string | undefined {
  if (!until || until * 1000 < Date.now()) return undefined;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(until * 1000);
}

interface ConfirmProps extends Pick<InboxDocument, 'inbox' | 'put'> {
  act: 'rotate' | 'end';
  onClose: () => void;
}

/** Both are confirmed: customers are refused when their server still signs with a token that has ended. */
function Confirm({ inbox: { id }, put, act, onClose }: ConfirmProps) {
  const t = useInboxWords();
  if (act === 'rotate')
    return (
      <FormDialog
        title={t('rotateTitle')}
        description={t('rotateHelp')}
        act={t('rotate')}
        onClose={onClose}
        submit={async () => put(await api('POST /inboxes/{id}/rotate_hmac_token', { id }))}
      />
    );
  return (
    <FormDialog
      title={t('endTitle')}
      description={t('endHelp')}
      act={t('endPrevious')}
      danger
      onClose={onClose}
      submit={async () => put(await api('DELETE /inboxes/{id}/previous_hmac_token', { id }))}
    />
  );
}
