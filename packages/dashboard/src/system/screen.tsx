/** The system: what the server finds about itself, and how events reach this browser. For administrators. */
import { type ApiOutput, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useLiveStatus } from '../live/desk.tsx';
import { Section, SettingsPage } from '../settings/page.tsx';
import { Records, RecordsSkeleton } from '../settings/records.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useLanguage } from '../words/words.ts';
import { FindingRow, type FindingState } from './finding.tsx';
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

/** The state of the desk's own connection, which is the only one that this browser has to prove. */
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
  return (
    <Section title={t('browser')} help={t('browserHelp')}>
      <Records>
        <FindingRow name={t('socket')} state={state} found={found} />
      </Records>
    </Section>
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
