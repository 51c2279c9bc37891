/**
 * A modal dialog: a title, a description, and its buttons at the end. Base UI traps the focus and gives it back on
 * closing.
 */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useUiWords } from '../words/ui.ts';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  wide?: boolean;
  children: ReactNode;
  /** Buttons; the one that acts comes last. */
  actions?: ReactNode;
}

/** Controlled by its owner. The content scrolls when it is higher than the screen; title and buttons stay in sight. */
export function Dialog({ open, onOpenChange, title, description, wide, children, actions }: Props) {
  const t = useUiWords();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          ref={popup}
          tabIndex={-1}
          // The first field; the button that closes would show its tooltip, which takes the first Escape.
          initialFocus={() => popup.current?.querySelector<HTMLElement>('input, textarea') ?? popup.current}
          className={classes(
            'floats fixed top-[12vh] left-1/2 z-40 flex max-h-[80vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col',
            wide ? 'max-w-180' : 'max-w-110',
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4">
            <div>
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && <Base.Description className="mt-0.5 text-soft">{description}</Base.Description>}
            </div>
            <Base.Close
              render={<IconButton icon={X} label={t('close')} size="small" className="-me-1.5" />}
            />
          </header>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
          {actions && (
            <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">{actions}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
