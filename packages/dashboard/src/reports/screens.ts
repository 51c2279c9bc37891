/** How the company answers its customers; for administrators. */
import { ChartColumn } from 'lucide-react';
import { paths } from '../route-paths.ts';
import type { ScreenEntry } from '../shell/screen-entry.ts';
import { validateScope } from './scope.ts';
import { useReportWords } from './words.ts';

export const reportScreens: readonly ScreenEntry[] = [
  {
    path: paths.reports,
    validateSearch: validateScope,
    load: () => import('./screen.tsx'),
    administrator: true,
    rail: {
      icon: ChartColumn,
      useLabel: () => useReportWords()('place'),
      under: '/reports',
      order: 5,
      key: 'r',
    },
  },
];
