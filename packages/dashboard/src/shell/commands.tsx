/** Commands that exist on every screen: palette, list of keys, navigation, theme and sign-out. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { signOut } from '../session/session.ts';
import { setTheme, useTheme } from '../session/theme.ts';
import { useSettingsNavigation } from '../settings/navigation.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { useNavigationItems } from './navigation.ts';
import { Palette } from './palette.tsx';
import { listenToKeys, useShortcuts } from './shortcuts.ts';
import { useShellWords } from './words.ts';

/** Registers the commands and renders their two dialogs. Mounted once, in the frame. */
export function GlobalCommands() {
  const t = useShellWords();
  const navigate = useNavigate();
  const theme = useTheme();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  useEffect(listenToKeys, []);
  useShortcuts([
    { keys: 'Mod+K', label: t('palette'), run: () => setOpen('palette'), keysOnly: true },
    { keys: '?', label: t('keys'), run: () => setOpen('keys') },
    ...useNavigationItems().map(({ label, under, key }) => ({
      keys: key && `g ${key}`,
      label: t('goTo', { place: label }),
      run: () => void navigate({ to: under }),
    })),
    ...useSettingsNavigation()
      .flatMap(({ places }) => places)
      .map(({ to, label }) => ({
        label: t('goTo', { place: label }),
        run: () => void navigate({ to }),
      })),
    {
      label: t(theme === 'dark' ? 'toLight' : 'toDark'),
      run: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
    },
    { label: t('signOut'), run: () => void signOut() },
  ]);
  const toggle = (which: 'palette' | 'keys') => (isOpen: boolean) => setOpen(isOpen ? which : undefined);
  return (
    <>
      <Palette open={open === 'palette'} onOpenChange={toggle('palette')} />
      <KeysDialog open={open === 'keys'} onOpenChange={toggle('keys')} />
    </>
  );
}
