/** The system: what the server finds about itself, and how events reach this browser. For administrators. */
import { useQuery } from '@tanstack/react-query';
import { type ApiOutput, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useLiveStatus } from '../live/desk.tsx';
import { Section, SettingsPage } from '../settings/page.tsx';
import { Records, RecordsSkeleton } from '../settings/records.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useLanguage } from '../words/words.ts';
import { FindingRow, type FindingState } from './finding.tsx';
import { testSocket } from './test-socket.ts';
import { useSystemWords } from './words.ts';

type Report = ApiOutput<'GET /system'>;

export function Screen() {
  const t = useSystemWords();
  return (
    <SettingsPage title={t('title')} lead={t('lead')} administrator>
      <ThisBrowser />
      <Server />
    </SettingsPage>
  );
}

/** The desk's own connection, and whether another one could be opened. */
function ThisBrowser() {
  const t = useSystemWords();
  const status = useLiveStatus();
  const [state, found]: [FindingState, string] =
    status === 'live'
      ? ['ok', t('socketLive')]
      : status === 'polling'
        ? ['warning', t('socketPolling')]
        : status === 'connecting'
          ? ['skipped', t('socketConnecting')]
          : ['failed', t('socketOffline')];
  const { data: isWelcomed, isFetching, refetch } = useQuery(socketTest);
  return (
    <Section
      title={t('browser')}
      help={t('browserHelp')}
      action={
        <Button onClick={() => void refetch()} busy={isFetching}>
          {t('testAgain')}
        </Button>
      }
    >
      <Records>
        <FindingRow name={t('socket')} state={state} found={found} />
        <NewSocket isWelcomed={isFetching ? undefined : isWelcomed} />
      </Records>
    </Section>
  );
}

/** Each look at the page tests anew. */
const socketTest = {
  queryKey: ['test-socket'],
  queryFn: ({ signal }: { signal: AbortSignal }) => testSocket(signal),
  gcTime: 0,
  staleTime: 0,
};

/** @param isWelcomed undefined while the test runs */
function NewSocket({ isWelcomed }: { isWelcomed: boolean | undefined }) {
  const t = useSystemWords();
  const name = t('newSocket');
  if (isWelcomed === undefined)
    return <FindingRow name={name} state="skipped" found={t('newSocketTesting')} />;
  if (isWelcomed) return <FindingRow name={name} state="ok" found={t('newSocketOk')} />;
  return (
    <FindingRow
      name={name}
      state="failed"
      found={t('newSocketBlocked')}
      breaks={t('newSocketBreaks')}
      change={t('newSocketChange')}
    />
  );
}

function Server() {
  const t = useSystemWords();
  const language = useLanguage();
  const { data, error, isFetching, refetch } = useApi('GET /system', {});
  const again = () => void queries.invalidateQueries({ queryKey: ['GET /system'] });
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  const time = data && new Date(data.checked_at * 1000).toLocaleTimeString(language);
  return (
    <Section
      title={t('server')}
      help={data && time ? t('serverHelp', { version: data.version, time }) : undefined}
      action={
        <Button onClick={again} busy={isFetching}>
          {t('again')}
        </Button>
      }
    >
      {data ? <Findings findings={data.findings} /> : <RecordsSkeleton rows={8} />}
    </Section>
  );
}

const checks = [
  ...(['settings', 'database', 'disk', 'backup', 'mail', 'files'] as const),
  ...(['redis', 'nodes', 'webhooks', 'forwarded'] as const),
];

/** A check that a newer server has is shown by its own name. */
function Findings({ findings }: { findings: Report['findings'] }) {
  const t = useSystemWords();
  const nameOf = (check: string) => {
    const known = checks.find((name) => name === check);
    return known ? t(known) : check;
  };
  return (
    <Records>
      {findings.map(({ check, ...finding }) => (
        <FindingRow key={`${check} ${finding.found}`} name={nameOf(check)} {...finding} isEnglish />
      ))}
    </Records>
  );
}
