/** A few words in a frame: a label, a state. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

type Tone = 'neutral' | 'accent' | 'amber' | 'red' | 'green';

/** A tone always accompanies words: colour alone must not carry a meaning. */
const tones: Record<Tone, string> = {
  neutral: 'bg-hover text-soft',
  accent: 'bg-accent-soft text-accent-text',
  amber: 'bg-note text-note-text',
  red: 'bg-red-soft text-red',
  green: 'bg-hover text-green',
};

interface Props {
  tone?: Tone;
  /** Colour of a dot in front, as a label has it. */
  dot?: string;
  /** Makes it removable; the text for screen readers. */
  remove?: { label: string; run: () => void };
  children: ReactNode;
}

/** A label or a state in a line of text. It is never higher than the line and truncates instead of wrapping. */
export function Chip({ tone = 'neutral', dot, remove, children }: Props) {
  return (
    <span
      className={classes(
        'inline-flex h-5 max-w-full items-center gap-1 rounded-full px-2 text-xs font-medium',
        tones[tone],
      )}
    >
      {dot && <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: dot }} />}
      <span className="truncate">{children}</span>
      {remove && (
        <button
          type="button"
          aria-label={remove.label}
          onClick={remove.run}
          className="-me-1 rounded-full p-0.5 hover:bg-press"
        >
          <X aria-hidden size={11} />
        </button>
      )}
    </span>
  );
}
