/** The search over conversations, contacts and messages. */
import { Search } from 'lucide-react';
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { validateSearch } from './address.ts';
import { useSearchWords } from './words.ts';

export const searchScreens: readonly ScreenEntry[] = [
  {
    path: paths.search,
    validateSearch,
    load: () => import('./screen.tsx'),
    rail: {
      icon: Search,
      useLabel: () => useSearchWords()('place'),
      under: '/search',
      order: 4,
      key: 'f',
    },
  },
];
