/** The state of an address that deliveries are sent to: working, failing, resting or disabled. */
import type { ApiOutput } from '../api/api.ts';
import { Chip } from '../ui/chip.tsx';
import { useTimes } from '../words/time.ts';
import { useWebhookWords } from './words.ts';

/** An address with the outcome of its last deliveries. */
export type Endpoint = ApiOutput<'GET /webhook_endpoints'>['payload'][number];

const MINUTE = 60;

const tones = { ok: 'green', failing: 'amber', resting: 'amber', disabled: 'red' } as const;

/** The state in a word; nothing while the address is not known. */
export function StateChip({ endpoint }: { endpoint: Endpoint | undefined }) {
  const t = useWebhookWords();
  return endpoint ? <Chip tone={tones[endpoint.state]}>{t(endpoint.state)}</Chip> : null;
}

/** Sentences about an address in trouble; nothing while it works and nothing waits. */
export function CircuitNotice({ endpoint }: { endpoint: Endpoint | undefined }) {
  const t = useWebhookWords();
  const times = useTimes();
  if (!endpoint || (endpoint.state === 'ok' && !endpoint.pending)) return null;
  const { state, failures, resting_until, last_error, pending, lag } = endpoint;
  return (
    <div role="status" className="flex flex-col gap-1 rounded-panel bg-note px-4 py-3 text-note-text">
      {state === 'failing' && <p>{t('failingHelp', { count: failures })}</p>}
      {state === 'resting' && <p>{t('restingHelp', { time: times.clock(resting_until ?? 0) })}</p>}
      {state === 'disabled' && <p>{t('disabledHelp')}</p>}
      {pending > 0 && <p>{t('waitingCount', { count: pending })}</p>}
      {lag >= MINUTE && <p>{t('lag', { age: times.since(Date.now() / 1000 - lag) })}</p>}
      {state !== 'ok' && last_error && (
        <p className="break-words">
          {t('lastError')}: <span dir="ltr">{last_error}</span>
        </p>
      )}
    </div>
  );
}
