/** The dialog that lists the keys of the current screen. */
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { useShortcutList } from './shortcuts.ts';
import { useShellWords } from './words.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Reads the same list as the palette, so it is complete on every screen. */
export function KeysDialog({ open, onOpenChange }: Props) {
  const t = useShellWords();
  const withKeys = useShortcutList().filter(({ keys }) => keys);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('keys')} wide>
      <dl className="gap-8 sm:columns-2">
        {withKeys.map(({ keys = '', label }) => (
          <div
            key={`${keys} ${label}`}
            className="flex h-8 break-inside-avoid items-center justify-between gap-4"
          >
            <dt className="truncate">{label}</dt>
            <dd>
              <Kbd keys={keys.replace(' ', '+')} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
