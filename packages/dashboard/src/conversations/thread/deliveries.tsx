/** Deliveries of a message to webhooks and bots: each with its attempts, the answer, and a button that sends it again. */
import { RotateCw } from 'lucide-react';
import type { ApiOutput } from '../../api/api.ts';
import { api } from '../../api/api.ts';
import { invalidate, useApi } from '../../api/queries.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useErrorText, useErrorToast } from '../../ui/failure.ts';
import { pollingInterval } from '../../webhooks/use-deliveries.ts';
import { useTimes } from '../../words/time.ts';
import { useConversationWords } from '../words.ts';

type Delivery = ApiOutput<'GET /webhook_deliveries'>['payload'][number];

const tones = { delivered: 'green', failed: 'red', pending: 'amber', waiting: 'neutral' } as const;

/** Polls while a delivery is under way. */
export function Deliveries({ message_id }: { message_id: number }) {
  const t = useConversationWords();
  const errorText = useErrorText();
  const { data, error } = useApi(
    'GET /webhook_deliveries',
    { message_id },
    { refetchAfterMs: (output) => pollingInterval(output?.payload ?? []) },
  );
  if (error) return <p className="text-red">{errorText(error)}</p>;
  if (!data) return <Skeleton className="h-8 w-full" />;
  if (!data.payload.length) return <p className="text-soft">{t('noDeliveries')}</p>;
  return (
    <ul className="space-y-2">
      {data.payload.map((one) => (
        <DeliveryItem key={one.id} delivery={one} />
      ))}
    </ul>
  );
}

/** One delivery to one address. */
function DeliveryItem({ delivery }: { delivery: Delivery }) {
  const t = useConversationWords();
  const times = useTimes();
  const showError = useErrorToast();
  const { id, status, endpoint, event, attempts, response_status, error, last_attempt_at } = delivery;
  const again = () =>
    void api('POST /webhook_deliveries/{id}/replay', { id })
      .then(() => invalidate('GET /webhook_deliveries'))
      .catch((fault) => showError(t('notSentAgain'), fault));
  return (
    <li className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <Chip tone={tones[status]}>{t(`delivery_is_${status}`)}</Chip>
          <code className="truncate font-mono text-xs">{event}</code>
        </p>
        <p className="tabular text-xs text-soft">
          {endpoint} · {t('attempts', { count: attempts })}
          {response_status !== null && ` · ${response_status}`}
          {last_attempt_at !== null && ` · ${times.clock(last_attempt_at)}`}
        </p>
        {error && <p className="text-xs text-red">{error}</p>}
      </div>
      <IconButton icon={RotateCw} size="small" label={t('sendAgain')} onClick={again} />
    </li>
  );
}
