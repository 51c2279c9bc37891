/** Satisfaction: the share of good ratings, and how often each rating was given. */
import { Section } from '../settings/page.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useMeasures } from './measures.ts';
import type { Scope } from './scope.ts';
import { useCsat } from './use-report.ts';
import { useReportWords } from './words.ts';

/** Four and five stars count as satisfied. */
export function Csat({ scope }: { scope: Scope }) {
  const t = useReportWords();
  const { percent, number } = useMeasures();
  const { data, error, refetch } = useCsat(scope);
  const ratings = data?.ratings_count ?? {};
  const total = data?.total_count ?? 0;
  const content = (ratings[4] ?? 0) + (ratings[5] ?? 0);
  return (
    <Section title={t('csat')} help={t('csatHelp')}>
      {error ? (
        <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-40" />
      ) : !total ? (
        <p className="text-soft">{t('csatNone')}</p>
      ) : (
        <div className="flex flex-col gap-4 sm:flex-row sm:items-center sm:gap-10">
          <p className="flex flex-col">
            <span className="tabular text-xl font-semibold">{percent(content / total)}</span>
            <span className="text-xs text-soft">{t('csatScore')}</span>
            <span className="text-xs text-soft">
              {t('csatRate', { answers: number(total), sent: number(data.total_sent_messages_count) })}
            </span>
          </p>
          <Ratings ratings={ratings} total={total} />
        </div>
      )}
    </Section>
  );
}

/** A bar for each rating, relative to all answers. */
function Ratings({ ratings, total }: { ratings: Readonly<Record<number, number>>; total: number }) {
  const t = useReportWords();
  const { number } = useMeasures();
  return (
    <ul className="flex flex-1 flex-col gap-1.5">
      {[5, 4, 3, 2, 1].map((rating) => (
        <li key={rating} className="grid grid-cols-[56px_1fr_40px] items-center gap-3 text-xs">
          <span className="text-soft">{t('stars', { count: rating })}</span>
          <span className="h-2 overflow-hidden rounded-full bg-sunk">
            <span
              className="block h-full rounded-full bg-accent"
              style={{ width: `${((ratings[rating] ?? 0) / total) * 100}%` }}
            />
          </span>
          <span className="tabular text-end">{number(ratings[rating] ?? 0)}</span>
        </li>
      ))}
    </ul>
  );
}
