/** A report: sessions of the last 30 days that a stricter identity policy would have refused, with examples. */
import type { ApiOutput } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { Record, Records } from '../settings/records.tsx';
import { Chip } from '../ui/chip.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useInboxWords } from './words.ts';

type Report = ApiOutput<'GET /inboxes/{id}/identity_report'>;

/** Read before the policy is changed, so that an administrator sees who would be locked out. */
export function IdentityReport({ inbox_id }: { inbox_id: number }) {
  const t = useInboxWords();
  const { data, error, refetch } = useApi('GET /inboxes/{id}/identity_report', { id: inbox_id });
  return (
    <div className="flex flex-col gap-3">
      <div>
        <h3 className="font-medium">{t('report')}</h3>
        <p className="text-xs text-soft">
          {t('reportHelp')} {data?.complete === false && t('incomplete')}
        </p>
      </div>
      {error ? (
        <ErrorState error={error} title={t('reportFailed')} onRetry={() => void refetch()} />
      ) : data ? (
        <Numbers report={data} />
      ) : (
        <Skeleton className="h-18" />
      )}
    </div>
  );
}

/** Counts of sessions, and the newest that would be refused. */
function Numbers({ report }: { report: Report }) {
  const t = useInboxWords();
  const { sessions, refused, examples } = report;
  if (!sessions.active) return <p className="text-soft">{t('reportEmpty')}</p>;
  const total = t('wouldRefuse', { total: sessions.active });
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-line sm:grid-cols-3">
        <Figure label={t('safe')} number={refused.safe} detail={total} />
        <Figure label={t('enforce')} number={refused.enforce} detail={total} />
        <Figure label={t('verifiedCount')} number={sessions.verified} />
      </dl>
      {!refused.enforce && <p className="text-green">{t('reportNone')}</p>}
      {examples.length > 0 && (
        <Records>
          {examples.map((one) => (
            <Record
              key={`${one.conversation_id}`}
              name={one.name}
              to={`/conversations/${one.conversation_id}`}
              title={one.name}
              end={
                <span className="flex flex-wrap justify-end gap-1">
                  {one.guessable && <Chip tone="red">{t('guessable')}</Chip>}
                  {one.claiming && <Chip tone="amber">{t('claiming')}</Chip>}
                  {!one.guessable && !one.claiming && <Chip>{t('unverified')}</Chip>}
                </span>
              }
            />
          ))}
        </Records>
      )}
    </>
  );
}

/** One number. */
function Figure({ label, number, detail }: { label: string; number: number; detail?: string }) {
  return (
    <div className="flex flex-col-reverse justify-end bg-pane px-4 py-3">
      <dt className="text-xs text-soft">
        {label}
        {detail && <span className="block">{detail}</span>}
      </dt>
      <dd className="tabular text-xl font-semibold">{number}</dd>
    </div>
  );
}
