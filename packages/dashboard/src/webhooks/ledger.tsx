/** The deliveries to one address: its state, a test, a filter, and sending again. */
import { History, Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, queries } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { RecordsSkeleton } from '../settings/records.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Select } from '../ui/select.tsx';
import { CircuitNotice } from './circuit.tsx';
import { Delivery } from './delivery.tsx';
import { ReplaySpan } from './replay-span.tsx';
import { type Status, useDeliveries } from './use-deliveries.ts';
import { useWebhookWords } from './words.ts';

/** Reads deliveries and states again after an action. */
async function refetchDeliveries(): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['deliveries'] }),
    invalidate('GET /webhook_endpoints'),
  ]);
}

/** `endpoint` names the address: `webhook:4`, `inbox:1`, `bot:2`. */
export function Ledger({ endpoint }: { endpoint: string }) {
  const t = useWebhookWords();
  const { data } = useApi('GET /webhook_endpoints', {});
  const [status, setStatus] = useState<Status | null>(null);
  const [replaying, setReplaying] = useState(false);
  const query = useDeliveries({ endpoint, status });
  const newest = query.data?.pages[0]?.payload ?? [];
  const course = newest.map(({ id, status, attempts }) => `${id} ${status} ${attempts}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the state of the address changes with its deliveries
  useEffect(() => void invalidate('GET /webhook_endpoints'), [course]);
  return (
    <Section title={t('deliveries')} help={t('deliveriesHelp')}>
      <CircuitNotice endpoint={data?.payload.find((one) => one.endpoint === endpoint)} />
      <div className="flex flex-wrap items-center gap-2">
        <StatusSelect status={status} onChange={setStatus} />
        <span className="flex-1" />
        <Button icon={History} onClick={() => setReplaying(true)}>
          {t('replaySpan')}
        </Button>
        <TestButton endpoint={endpoint} />
      </div>
      <Deliveries query={query} isFiltered={status !== null} />
      {replaying && (
        <ReplaySpan
          endpoint={endpoint}
          onClose={() => setReplaying(false)}
          onDone={() => void refetchDeliveries()}
        />
      )}
    </Section>
  );
}

/** Sends a delivery of the kind `test`. */
function TestButton({ endpoint }: { endpoint: string }) {
  const t = useWebhookWords();
  const showError = useErrorToast();
  const [busy, setBusy] = useState(false);
  const test = async () => {
    setBusy(true);
    try {
      await api('POST /webhook_deliveries/test', { endpoint });
      await refetchDeliveries();
    } catch (error) {
      showError(t('testFailed'), error);
    }
    setBusy(false);
  };
  return (
    <Button icon={Send} busy={busy} onClick={() => void test()}>
      {t('test')}
    </Button>
  );
}

interface StatusSelectProps {
  status: Status | null;
  onChange: (status: Status | null) => void;
}

/** Filters by outcome. */
function StatusSelect({ status, onChange }: StatusSelectProps) {
  const t = useWebhookWords();
  return (
    <Select<Status | null>
      value={status}
      label={t('status')}
      options={[
        { value: null, label: t('all') },
        { value: 'delivered', label: t('delivered') },
        { value: 'pending', label: t('pending') },
        { value: 'waiting', label: t('waiting') },
        { value: 'failed', label: t('failedOne') },
      ]}
      onChange={onChange}
      className="max-w-40"
    />
  );
}

interface Props {
  query: ReturnType<typeof useDeliveries>;
  isFiltered: boolean;
}

/** Pages of deliveries, newest first. */
function Deliveries({ query, isFiltered }: Props) {
  const t = useWebhookWords();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  if (error) return <ErrorState error={error} title={t('deliveriesFailed')} onRetry={() => void refetch()} />;
  if (!data) return <RecordsSkeleton />;
  const deliveries = data.pages.flatMap(({ payload }) => payload);
  if (!deliveries.length)
    return isFiltered ? (
      <EmptyState icon={Send} title={t('noneOfKind')} />
    ) : (
      <EmptyState icon={Send} title={t('noDeliveries')}>
        {t('noDeliveriesHelp')}
      </EmptyState>
    );
  return (
    <>
      <ul className="flex flex-col divide-y divide-line rounded-panel border border-line">
        {deliveries.map((delivery) => (
          <Delivery key={delivery.id} delivery={delivery} onReplayed={() => void refetchDeliveries()} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}
