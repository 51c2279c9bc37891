/** Notifications: sounds and alerts of this device, and what the account sends by e-mail or to the desk. */
import type { ApiOutput } from '../api/api.ts';
import { api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { Section, SettingsPage } from '../settings/page.tsx';
import { RecordsSkeleton } from '../settings/records.tsx';
import { SavedSwitch } from '../settings/saved.tsx';
import { setAlertSetting, useAlertSetting } from '../shell/alerts.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Checkbox } from '../ui/switch.tsx';
import { useProfileWords } from './words.ts';

type Settings = ApiOutput<'GET /notification_settings'>;

const kinds = [
  'conversation_creation',
  'conversation_assignment',
  'assigned_conversation_new_message',
  'conversation_mention',
  'participating_conversation_new_message',
] as const;

/** The first part is stored on this device, the second on the server. */
export function Screen() {
  const t = useProfileWords();
  const sounds = useAlertSetting('sounds');
  const alerts = useAlertSetting('alerts');
  const { data, error, refetch } = useApi('GET /notification_settings', {});
  return (
    <SettingsPage title={t('notifications')} lead={t('notificationsLead')}>
      <Section title={t('desk')} help={t('deskHelp')}>
        <SavedSwitch
          label={t('sounds')}
          help={t('soundsHelp')}
          value={sounds}
          save={(on) => setAlertSetting('sounds', on)}
        />
        <SavedSwitch
          label={t('alerts')}
          help={t('alertsHelp')}
          value={alerts}
          save={(on) => setAlertSetting('alerts', on)}
        />
      </Section>
      <Section title={t('account')} help={t('accountHelp')}>
        {error ? (
          <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
        ) : data ? (
          <Flags settings={data} />
        ) : (
          <RecordsSkeleton rows={5} />
        )}
      </Section>
    </SettingsPage>
  );
}

/** Returns a function that changes flags: shown at once, taken back when the server refuses. */
function useChangeFlags(settings: Settings): (next: Partial<Settings>) => void {
  const t = useProfileWords();
  const showError = useErrorToast();
  const { account_id } = useSession();
  const key = ['GET /notification_settings', account_id, {}];
  const { selected_email_flags: email, selected_push_flags: push } = settings;
  const change = async (next: Partial<Settings>) => {
    queries.setQueryData(key, { ...settings, ...next });
    try {
      const input = { selected_email_flags: email, selected_push_flags: push, ...next };
      queries.setQueryData(key, await api('PATCH /notification_settings', input));
    } catch (error) {
      queries.setQueryData(key, settings);
      showError(t('failed'), error);
    }
  };
  return (next) => void change(next);
}

/** The flags with one added or removed. */
const toggled = (flags: string[], flag: string): string[] =>
  flags.includes(flag) ? flags.filter((other) => other !== flag) : [...flags, flag];

/** A table with a row per kind of notification and a column per way. */
function Flags({ settings }: { settings: Settings }) {
  const t = useProfileWords();
  const change = useChangeFlags(settings);
  return (
    <table className="w-full">
      <thead>
        <tr className="text-xs text-soft">
          <th scope="col" className="py-2 text-start font-medium">
            {t('event')}
          </th>
          <th scope="col" className="w-20 py-2 font-medium">
            {t('byEmail')}
          </th>
          <th scope="col" className="w-20 py-2 font-medium">
            {t('byPush')}
          </th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <FlagRow key={kind} kind={kind} settings={settings} change={change} />
        ))}
      </tbody>
    </table>
  );
}

interface FlagRowProps {
  kind: (typeof kinds)[number];
  settings: Settings;
  change: (next: Partial<Settings>) => void;
}

/** Customers' messages in own conversations alert at the desk in any case, so that box is replaced by a word. */
function FlagRow({ kind, settings, change }: FlagRowProps) {
  const t = useProfileWords();
  const { selected_email_flags: email, selected_push_flags: push } = settings;
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-2.5 text-start font-normal">
        {t(kind)}
      </th>
      <td>
        <span className="grid place-items-center">
          <Checkbox
            checked={email.includes(`email_${kind}`)}
            label={`${t(kind)}: ${t('byEmail')}`}
            onChange={() => change({ selected_email_flags: toggled(email, `email_${kind}`) })}
          />
        </span>
      </td>
      <td>
        <span className="grid place-items-center">
          {kind === 'assigned_conversation_new_message' ? (
            <span className="text-xs text-soft">{t('always')}</span>
          ) : (
            <Checkbox
              checked={push.includes(`push_${kind}`)}
              label={`${t(kind)}: ${t('byPush')}`}
              onChange={() => change({ selected_push_flags: toggled(push, `push_${kind}`) })}
            />
          )}
        </span>
      </td>
    </tr>
  );
}
