/** The profile: the user, how the desk looks on this device, and the access token. */
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { call } from '../api/api.ts';
import { readSendKeys, type SendKeys, storeSendKeys } from '../session/send-keys.ts';
import { updateUser, useSession } from '../session/session.ts';
import { setTheme, type Theme, useTheme } from '../session/theme.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section, SettingsPage } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { type Language, languageCodes, languages, setLanguage, useLanguage } from '../words/words.ts';
import { Names, OwnPicture, Password, Presence } from './person.tsx';
import { useProfileWords } from './words.ts';

export function Screen() {
  const t = useProfileWords();
  const { user } = useSession();
  return (
    <SettingsPage title={t('title')} lead={t('lead')}>
      <OwnPicture />
      <Names />
      <Presence />
      <Device />
      <Password />
      <Token token={user.access_token} />
    </SettingsPage>
  );
}

/** Settings that are stored on this device. */
function Device() {
  const t = useProfileWords();
  const theme = useTheme();
  const language = useLanguage();
  const [keys, setKeys] = useState(readSendKeys);
  const chooseKeys = (next: SendKeys) => {
    storeSendKeys(next);
    setKeys(next);
  };
  return (
    <Section title={t('desk')} help={t('deskHelp')}>
      <Field label={t('theme')}>
        <Select<Theme>
          value={theme}
          options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(value) }))}
          onChange={setTheme}
          className="max-w-60"
        />
      </Field>
      <Field label={t('language')}>
        <Select<Language>
          value={language}
          options={languageCodes.map((value) => ({ value, label: languages[value] }))}
          onChange={setLanguage}
          className="max-w-60"
        />
      </Field>
      <Field label={t('send')}>
        <Select<SendKeys>
          value={keys}
          options={(['enter', 'mod'] as const).map((value) => ({ value, label: t(value) }))}
          onChange={chooseKeys}
          className="max-w-60"
        />
      </Field>
    </Section>
  );
}

/** Replacing the token is confirmed, because every script that uses it stops working. */
function Token({ token }: { token: string }) {
  const t = useProfileWords();
  const [asking, setAsking] = useState(false);
  return (
    <Section title={t('token')}>
      <Field label={t('token')} help={t('tokenHelp')}>
        <div className="flex gap-2">
          <div className="min-w-0 flex-1">
            <CopyField value={token} label={t('token')} secret />
          </div>
          <Button icon={RefreshCw} onClick={() => setAsking(true)}>
            {t('replace')}
          </Button>
        </div>
      </Field>
      {asking && (
        <FormDialog
          title={t('replaceTitle')}
          description={t('replaceHelp')}
          act={t('replace')}
          danger
          onClose={() => setAsking(false)}
          submit={async () => updateUser(await call('POST /api/v1/profile/reset_access_token'))}
        />
      )}
    </Section>
  );
}
