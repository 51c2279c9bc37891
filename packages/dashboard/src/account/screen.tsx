/** The settings of the account: name, language, time zone, bots, and automatic resolving. */
import type { Account } from '@hoory/client';
import { type ApiInput, api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession, validateSession } from '../session/session.ts';
import { Section, SettingsPage } from '../settings/page.tsx';
import { RecordsSkeleton } from '../settings/records.tsx';
import { SavedSelect, SavedSwitch, SavedText } from '../settings/saved.tsx';
import { timeZones } from '../settings/time-zones.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { languages } from '../words/words.ts';
import { useAccountWords } from './words.ts';

/** Writes fields of the account; the answer replaces the cached account. */
type Save = (change: ApiInput<'PATCH '>) => Promise<void>;

/** Times in minutes after which conversations may be resolved automatically. */
const autoResolveMinutes = [60, 240, 720, 1_440, 2_880, 4_320, 10_080, 43_200];

/** A changed name is part of the session too, so that is read again. */
export function Screen() {
  const t = useAccountWords();
  const { account_id } = useSession();
  const { data, error, refetch } = useApi('GET ', {});
  const save: Save = async (change) => {
    queries.setQueryData(['GET ', account_id, {}], await api('PATCH ', change));
    if (change.name) await validateSession();
  };
  return (
    <SettingsPage title={t('title')} lead={t('lead')} administrator>
      {error ? (
        <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <General account={data} save={save} />
          <AutoResolve account={data} save={save} />
          <BotSettings account={data} save={save} />
        </>
      ) : (
        <RecordsSkeleton rows={5} />
      )}
    </SettingsPage>
  );
}

interface Props {
  account: Account;
  save: Save;
}

/** A locale that the desk does not speak, set by another client, stays among the options. */
function General({ account, save }: Props) {
  const t = useAccountWords();
  const options = Object.entries(languages).map(([value, label]) => ({ value, label }));
  const timezone = String(account.custom_attributes?.timezone ?? 'UTC');
  const isListed = options.some(({ value }) => value === account.locale);
  return (
    <Section title={t('general')}>
      <SavedText
        label={t('name')}
        value={account.name}
        faultOf={(text) => (text.trim() ? undefined : t('nameFault'))}
        save={(name) => save({ name: name.trim() })}
      />
      <SavedSelect
        label={t('locale')}
        help={t('localeHelp')}
        value={account.locale}
        options={isListed ? options : [...options, { value: account.locale, label: account.locale }]}
        save={(locale) => save({ locale })}
      />
      <SavedText
        label={t('supportEmail')}
        value={account.support_email ?? ''}
        type="email"
        ltr
        save={(text) => save({ support_email: text.trim() || null })}
      />
      <SavedSelect
        label={t('timezone')}
        help={t('timezoneHelp')}
        value={timezone}
        options={timeZones(timezone)}
        save={(name) => save({ timezone: name })}
      />
    </Section>
  );
}

/** The behaviour when a bot cannot be reached. */
function BotSettings({ account: { settings }, save }: Props) {
  const t = useAccountWords();
  return (
    <Section title={t('bots')}>
      <SavedSwitch
        label={t('keepPending')}
        help={t('keepPendingHelp')}
        value={settings.keep_pending_on_bot_failure === true}
        save={(keep_pending_on_bot_failure) => save({ keep_pending_on_bot_failure })}
      />
    </Section>
  );
}

/** A time that another client has set stays among the options. */
function AutoResolve({ account: { settings }, save }: Props) {
  const t = useAccountWords();
  const chosen = typeof settings.auto_resolve_after === 'number' ? settings.auto_resolve_after : null;
  const wordsOf = (minutes: number) =>
    minutes % 1_440 ? t('hours', { count: minutes / 60 }) : t('days', { count: minutes / 1_440 });
  const all =
    chosen === null || autoResolveMinutes.includes(chosen)
      ? autoResolveMinutes
      : [...autoResolveMinutes, chosen].sort((a, b) => a - b);
  return (
    <Section title={t('autoResolve')} help={t('autoResolveHelp')}>
      <SavedSelect<number | null>
        label={t('after')}
        value={chosen}
        options={[
          { value: null, label: t('never') },
          ...all.map((value) => ({ value, label: wordsOf(value) })),
        ]}
        save={(auto_resolve_after) => save({ auto_resolve_after })}
      />
      <SavedText
        label={t('message')}
        value={String(settings.auto_resolve_message ?? '')}
        placeholder={t('messagePlaceholder')}
        lines={3}
        save={(text) => save({ auto_resolve_message: text || null })}
      />
      <SavedSwitch
        label={t('ignoreWaiting')}
        help={t('ignoreWaitingHelp')}
        value={settings.auto_resolve_ignore_waiting === true}
        save={(auto_resolve_ignore_waiting) => save({ auto_resolve_ignore_waiting })}
      />
    </Section>
  );
}
