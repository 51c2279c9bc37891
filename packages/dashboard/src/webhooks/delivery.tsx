/** One delivery: its event, time and outcome; opened, what was sent and answered. */
import { ChevronDown, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { classes } from '../ui/classes.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { useTimes } from '../words/time.ts';
import type { WebhookDelivery } from './use-deliveries.ts';
import { useWebhookWords } from './words.ts';

const tones = { delivered: 'green', pending: 'neutral', waiting: 'neutral', failed: 'red' } as const;

interface Props {
  delivery: WebhookDelivery;
  onReplayed: () => void;
}

/** A row that opens. The payload is loaded only then, since it can be large. */
export function Delivery({ delivery, onReplayed }: Props) {
  const t = useWebhookWords();
  const times = useTimes();
  const [open, setOpen] = useState(false);
  const { event, status, attempts, created_at, next_attempt_at, response_status, error } = delivery;
  const facts = [
    times.short(created_at),
    t('attempts', { count: attempts }),
    response_status !== null && t('answer', { status: response_status }),
    next_attempt_at !== null && status === 'pending' && t('next', { time: times.clock(next_attempt_at) }),
  ].filter(Boolean);
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start outline-offset-[-2px] hover:bg-ground"
      >
        <span className="flex min-w-0 flex-1 flex-col">
          <code className="truncate font-mono text-xs">{event}</code>
          <span className="tabular truncate text-xs text-soft">{facts.join(' · ')}</span>
          {error && status !== 'delivered' && (
            <span dir="ltr" className="truncate text-xs text-red rtl:text-right">
              {error}
            </span>
          )}
        </span>
        <Chip tone={tones[status]}>{t(status === 'failed' ? 'failedOne' : status)}</Chip>
        <ChevronDown
          aria-hidden
          size={16}
          className={classes('shrink-0 text-icon transition-transform', open && 'rotate-180')}
        />
      </button>
      {open && <DeliveryDetails delivery={delivery} onReplayed={onReplayed} />}
    </li>
  );
}

/** Payload, answer, and a button that sends it again. Payloads are erased with the customer's data. */
function DeliveryDetails({ delivery: { id, delivery_id, response_body }, onReplayed }: Props) {
  const t = useWebhookWords();
  const showError = useErrorToast();
  const { data, error, refetch } = useApi('GET /webhook_deliveries/{id}', { id });
  const [busy, setBusy] = useState(false);
  const replay = async () => {
    setBusy(true);
    try {
      await api('POST /webhook_deliveries/{id}/replay', { id });
      showToast({ title: t('replayed') });
      onReplayed();
    } catch (failure) {
      showError(t('replayFailed'), failure);
    }
    setBusy(false);
  };
  const isErased = data && !Object.keys(data.payload).length;
  return (
    <div className="flex flex-col gap-4 border-t border-line bg-ground px-4 py-4">
      <Field label={t('deliveryId')}>
        <CopyField value={delivery_id} label={t('deliveryId')} />
      </Field>
      {response_body && <CodeBlock label={t('response')} text={response_body} />}
      {error ? (
        <ErrorState error={error} title={t('payloadFailed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-40" />
      ) : isErased ? (
        <p className="text-soft">{t('erased')}</p>
      ) : (
        <CodeBlock label={t('payload')} text={JSON.stringify(data.payload, undefined, 2)} />
      )}
      <Button icon={RotateCw} busy={busy} onClick={() => void replay()} className="self-start">
        {t('replay')}
      </Button>
    </div>
  );
}

/** Text that scrolls in both directions. */
function CodeBlock({ label, text }: { label: string; text: string }) {
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm font-medium">{label}</p>
      <pre
        dir="ltr"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-control bg-sunk p-3 font-mono text-xs leading-5"
      >
        {text}
      </pre>
    </div>
  );
}
