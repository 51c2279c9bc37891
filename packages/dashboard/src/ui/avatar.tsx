/** A person's picture, or their initials; a dot says whether they are there. */

import { Avatar as Base } from '@base-ui/react/avatar';
import { firstCharacter } from '@hoory/client';
import { useUiWords } from '../words/ui.ts';
import { classes } from './classes.ts';

interface Props {
  name: string;
  url?: string;
  /** Pixels. */
  size?: number;
  presence?: 'online' | 'busy' | 'offline';
}

/**
 * The picture, or coloured initials while there is none or it cannot be loaded. The initials are hidden from screen
 * readers: the name stands beside them or in the label of the control.
 */
export function Avatar({ name, url, size = 32, presence }: Props) {
  const t = useUiWords();
  const hue = hueOf(name);
  return (
    <span className="relative inline-block shrink-0" style={{ width: size, height: size }}>
      <Base.Root
        className="grid size-full place-items-center overflow-hidden rounded-full font-semibold select-none"
        style={{
          fontSize: Math.round(size * 0.38),
          background: `light-dark(oklch(0.92 0.045 ${hue}), oklch(0.36 0.06 ${hue}))`,
          color: `light-dark(oklch(0.42 0.09 ${hue}), oklch(0.88 0.06 ${hue}))`,
        }}
      >
        {url && <Base.Image src={url} alt="" className="size-full object-cover" />}
        <Base.Fallback aria-hidden>{initialsOf(name)}</Base.Fallback>
      </Base.Root>
      {presence && presence !== 'offline' && (
        <span
          role="img"
          aria-label={t(presence)}
          className={classes(
            'absolute -end-px -bottom-px size-2.5 rounded-full border-2 border-pane',
            presence === 'online' ? 'bg-green-dot' : 'bg-note-text',
          )}
        />
      )}
    </span>
  );
}

/** First letters of the first and the last word that contain a letter or digit; `?` for a name without any. */
function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s-]+/u)
    .filter((word) => /\p{L}|\p{N}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) =>
    firstCharacter(word ?? ''),
  );
  return letters.join('').toUpperCase() || '?';
}

/** A hue from the name, so that a person without a picture has the same colour on every screen. */
function hueOf(name: string): number {
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + sign.charCodeAt(0)) % 360;
  return sum;
}
