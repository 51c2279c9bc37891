/** The contacts: all of them, and one with what is known of it. */
import { ContactRound } from 'lucide-react';
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { validateContactSearch } from './view.ts';
import { useContactWords } from './words.ts';

export const contactScreens: readonly ScreenEntry[] = [
  {
    path: paths.contacts,
    validateSearch: validateContactSearch,
    load: () => import('./list-screen.tsx'),
    rail: {
      icon: ContactRound,
      useLabel: () => useContactWords()('place'),
      under: '/contacts',
      order: 3,
      key: 'k',
    },
  },
  { path: '/contacts/$id', load: () => import('./contact-screen.tsx') },
];
