/**
 * Every screen in one table: its path beneath `/app`, and the file that draws it, loaded when it is first opened.
 * A screen is a folder with `screen.tsx` and `words/`; an area with several screens brings a table of its own.
 */
import { contactScreens } from './contacts/screens.ts';
import { conversationScreens } from './conversations/screens.ts';
import { reportScreens } from './reports/screens.ts';
import { searchScreens } from './search/screens.ts';
import { settingsScreens } from './settings/screens.ts';
import type { ScreenEntry } from './shell/screen-entry.ts';
import { signInScreens } from './sign-in/screens.ts';

export const screens: readonly ScreenEntry[] = [
  ...signInScreens,
  ...conversationScreens,
  ...contactScreens,
  ...searchScreens,
  ...reportScreens,
  ...settingsScreens,
];
