/** The menu of the signed-in user: availability, alerts, account, theme, language and sign-out. */
import { Bell, LogOut, Volume2 } from 'lucide-react';
import { agent, changeAccount, signOut, updateUser, useMembership, useSession } from '../session/session.ts';
import { setTheme, type Theme, useTheme } from '../session/theme.ts';
import { Avatar } from '../ui/avatar.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { languageCodes, languages, setLanguage, useLanguage } from '../words/words.ts';
import { setAlertSetting, useAlertSetting } from './alerts.ts';
import { useShellWords } from './words.ts';

const availabilities = ['online', 'busy', 'offline'] as const;
const themes: Theme[] = ['light', 'dark', 'system'];

/** Opens at the user's picture at the end of the rail. */
export function UserMenu() {
  const t = useShellWords();
  const { user } = useSession();
  const availability = useMembership()?.availability;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t('you')}
          className="grid size-9 place-items-center rounded-control hover:bg-hover"
        >
          <Avatar name={user.available_name} url={user.avatar_url} size={26} presence={availability} />
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="font-medium">{user.available_name}</p>
        <p className="text-xs text-soft">{user.email}</p>
      </div>
      <MenuSeparator />
      <AvailabilityItems />
      <MenuSeparator />
      <AlertItems />
      <MenuSeparator />
      {user.accounts.length > 1 && <AccountItems />}
      <AppearanceItems />
      <MenuSeparator />
      <MenuItem icon={LogOut} onClick={() => void signOut()}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}

/** Sets the availability in the account that is shown; the answer updates the session. */
function AvailabilityItems() {
  const t = useShellWords();
  const { account_id } = useSession();
  const availability = useMembership()?.availability;
  const showError = useErrorToast();
  const setAvailability = (chosen: (typeof availabilities)[number]) =>
    void agent
      .call('POST /api/v1/profile/availability', { account_id, availability: chosen })
      .then(updateUser, (error) => showError(t('availabilityFailed'), error));
  return availabilities.map((value) => (
    <MenuItem
      key={value}
      mark={<Dot of={value} />}
      chosen={value === availability}
      onClick={() => setAvailability(value)}
    >
      {t(value)}
    </MenuItem>
  ));
}

/** Settings of this device. Notifications are left out where the browser has none, as in some embedded views. */
function AlertItems() {
  const t = useShellWords();
  const sounds = useAlertSetting('sounds');
  const alerts = useAlertSetting('alerts');
  return (
    <>
      <MenuItem icon={Volume2} chosen={sounds} onClick={() => void setAlertSetting('sounds', !sounds)}>
        {t('sounds')}
      </MenuItem>
      {'Notification' in window && (
        <MenuItem icon={Bell} chosen={alerts} onClick={() => void setAlertSetting('alerts', !alerts)}>
          {t('alerts')}
        </MenuItem>
      )}
    </>
  );
}

/** Only for users with several accounts. */
function AccountItems() {
  const t = useShellWords();
  const { user, account_id } = useSession();
  return (
    <>
      <MenuHeading>{t('accounts')}</MenuHeading>
      {user.accounts.map(({ id, name }) => (
        <MenuItem key={id} chosen={id === account_id} onClick={() => changeAccount(id)}>
          {name}
        </MenuItem>
      ))}
      <MenuSeparator />
    </>
  );
}

/** Theme and language of this device. */
function AppearanceItems() {
  const t = useShellWords();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <>
      <MenuHeading>{t('theme')}</MenuHeading>
      {themes.map((value) => (
        <MenuItem key={value} chosen={value === theme} onClick={() => setTheme(value)}>
          {t(value)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuHeading>{t('language')}</MenuHeading>
      {languageCodes.map((code) => (
        <MenuItem key={code} chosen={code === language} onClick={() => setLanguage(code)}>
          {languages[code]}
        </MenuItem>
      ))}
    </>
  );
}

const dots = { online: 'bg-green-dot', busy: 'bg-note-text', offline: 'bg-line-strong' };

/** The colour repeats what the words beside it say. */
function Dot({ of }: { of: keyof typeof dots }) {
  return <span aria-hidden className={`size-2 rounded-full ${dots[of]}`} />;
}
