/** The reports: current figures, volume, response and resolution times, and satisfaction. */
import { ChartColumn } from 'lucide-react';
import { useApi } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { EmptyState, Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Select } from '../ui/select.tsx';
import { Csat } from './csat.tsx';
import { Figure, Figures } from './figures.tsx';
import { useMeasures } from './measures.ts';
import { Plot } from './plot.tsx';
import { type Scope, type Span, spans, useScope } from './scope.ts';
import { useNowMetrics, useReport } from './use-report.ts';
import { useReportWords } from './words.ts';

export function Screen() {
  const t = useReportWords();
  const [scope, change] = useScope();
  return (
    <div className="h-full overflow-y-auto">
      <article className="mx-auto flex max-w-240 flex-col gap-8 px-4 pt-6 pb-24 sm:px-8">
        <header className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-xl font-semibold">{t('title')}</h1>
          <ScopeChoice scope={scope} change={change} />
        </header>
        <div className="flex flex-col gap-8">
          <CurrentFigures />
          <PeriodReport scope={scope} />
          <Csat scope={scope} />
        </div>
      </article>
    </div>
  );
}

interface ChoiceProps {
  scope: Scope;
  change: (change: Partial<Scope>) => void;
}

/** Account, agent, inbox or team in one select, and the span. */
function ScopeChoice({ scope, change }: ChoiceProps) {
  const t = useReportWords();
  const { data: agents } = useApi('GET /agents', {});
  const { data: inboxes } = useApi('GET /inboxes', {});
  const { data: teams } = useApi('GET /teams', {});
  const groups = [
    { kind: 'agent', records: agents ?? [] },
    { kind: 'inbox', records: inboxes?.payload ?? [] },
    { kind: 'team', records: teams ?? [] },
  ] as const;
  const options = groups.flatMap(({ kind, records }) =>
    records.map(({ id, name }) => ({ value: `${kind}:${id}`, label: t(kind, { name }) })),
  );
  return (
    <div className="flex w-full gap-2 sm:w-100">
      <Select
        value={scope.of}
        label={t('scope')}
        options={[{ value: 'account', label: t('account') }, ...options]}
        onChange={(of) => change({ of })}
      />
      <Select<Span>
        value={scope.days}
        label={t('range')}
        options={spans.map((days) => ({ value: days, label: t(`days${days}`) }))}
        onChange={(days) => change({ days })}
      />
    </div>
  );
}

/** Independent of the scope: conversations as they are now. */
function CurrentFigures() {
  const t = useReportWords();
  const { number } = useMeasures();
  const { data, error, refetch } = useNowMetrics();
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-26" />;
  return (
    <Section title={t('now')}>
      <Figures>
        {(['open', 'unattended', 'unassigned', 'pending'] as const).map((kind) => (
          <Figure key={kind} label={t(kind)} value={data[kind]} format={number} />
        ))}
      </Figures>
    </Section>
  );
}

/** Totals and charts of the span. */
function PeriodReport({ scope }: { scope: Scope }) {
  const t = useReportWords();
  const { data, error, refetch } = useReport(scope);
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <ReportSkeleton />;
  const { summary } = data;
  const isEmpty = !summary.conversations_count && !summary.incoming_messages_count;
  return (
    <>
      <Section title={t(`days${scope.days}`)}>
        <Summary summary={summary} />
      </Section>
      {isEmpty ? (
        <EmptyState icon={ChartColumn} title={t('empty')}>
          {t('emptyHelp')}
        </EmptyState>
      ) : (
        <Charts pointsOf={data.pointsOf} />
      )}
    </>
  );
}

/** The loaded report. */
type Report = NonNullable<ReturnType<typeof useReport>['data']>;

const counts = ['conversations_count', 'resolutions_count'] as const;
const averages = ['avg_first_response_time', 'avg_resolution_time'] as const;

/** The figures of the span beside those of the span before it. */
function Summary({ summary }: Pick<Report, 'summary'>) {
  const t = useReportWords();
  const { number, duration } = useMeasures();
  const { previous } = summary;
  return (
    <Figures>
      {counts.map((key) => (
        <Figure key={key} label={t(key)} value={summary[key]} before={previous[key]} format={number} />
      ))}
      {averages.map((key) => (
        <Figure key={key} label={t(key)} value={summary[key]} before={previous[key]} format={duration} />
      ))}
    </Figures>
  );
}

/** Messages and conversations by day, and the two averages below. */
function Charts({ pointsOf }: Pick<Report, 'pointsOf'>) {
  const t = useReportWords();
  const { number } = useMeasures();
  const bars = (
    key: 'conversations_count' | 'incoming_messages_count' | 'outgoing_messages_count',
    color: string,
  ) => ({
    name: t(key),
    points: pointsOf(key),
    color,
  });
  return (
    <>
      <Section title={t('volume')}>
        <Plot
          name={t('volume')}
          kind="bars"
          format={number}
          series={[
            bars('conversations_count', '--hoory-accent'),
            bars('incoming_messages_count', '--hoory-green-dot'),
            bars('outgoing_messages_count', '--hoory-grey-9'),
          ]}
        />
      </Section>
      <div className="grid gap-8 lg:grid-cols-2">
        <Average
          title={t('avg_first_response_time')}
          help={t('firstResponseHelp')}
          points={pointsOf('avg_first_response_time')}
        />
        <Average
          title={t('avg_resolution_time')}
          help={t('resolutionHelp')}
          points={pointsOf('avg_resolution_time')}
        />
      </div>
    </>
  );
}

interface AverageProps {
  title: string;
  help: string;
  points: Parameters<typeof Plot>[0]['series'][0]['points'];
}

/** A line chart of one average. */
function Average({ title, help, points }: AverageProps) {
  const { duration } = useMeasures();
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <header>
        <h2 className="text-lg font-semibold">{title}</h2>
        <p className="text-soft">{help}</p>
      </header>
      <Plot
        name={title}
        kind="line"
        format={duration}
        series={[{ name: title, points, color: '--hoory-accent' }]}
      />
    </section>
  );
}

/** The shape of totals and charts. */
function ReportSkeleton() {
  return (
    <>
      <Skeleton className="h-26" />
      <Skeleton className="h-60" />
      <div className="grid gap-8 lg:grid-cols-2">
        <Skeleton className="h-60" />
        <Skeleton className="h-60" />
      </div>
    </>
  );
}
