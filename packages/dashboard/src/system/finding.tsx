/** One finding of a check: its name and state, and for a fault what it breaks and what to change. */
import type { ReactNode } from 'react';
import { Chip } from '../ui/chip.tsx';
import { useSystemWords } from './words.ts';

export type FindingState = 'ok' | 'warning' | 'failed' | 'skipped';

interface Props {
  name: string;
  state: FindingState;
  found: string;
  breaks?: string | null;
  change?: string | null;
  /** Texts of the server are English in every language. */
  isEnglish?: boolean;
}

const tones = { ok: 'green', warning: 'amber', failed: 'red', skipped: 'neutral' } as const;

export function FindingRow({ name, state, found, breaks, change, isEnglish }: Props) {
  const t = useSystemWords();
  const text = isEnglish ? ({ lang: 'en', dir: 'ltr' } as const) : {};
  return (
    <li className="flex flex-col gap-1 px-4 py-3">
      <span className="flex items-center justify-between gap-3">
        <span className="font-medium">{name}</span>
        <Chip tone={tones[state]}>{state === 'failed' ? t('failedState') : t(state)}</Chip>
      </span>
      <span {...text} className="break-words text-soft">
        {found}
      </span>
      {breaks && <Part label={t('breaks')}>{<span {...text}>{breaks}</span>}</Part>}
      {change && (
        <Part label={t('change')}>
          <code {...text} className="text-xs break-words whitespace-pre-wrap">
            {change}
          </code>
        </Part>
      )}
    </li>
  );
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className="min-w-0">
      <span className="text-soft">{label}</span> {children}
    </span>
  );
}
