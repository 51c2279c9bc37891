/** A small panel that opens beside its trigger and stays open while the agent works in it, unlike a menu. */
import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

interface Props {
  /** For screen readers. */
  label: string;
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  children: ReactNode;
}

/** Uncontrolled unless `open` is given. Never larger than the screen: it scrolls. */
export function Popover({
  label,
  trigger,
  align = 'start',
  side = 'bottom',
  className,
  children,
  ...state
}: Props) {
  return (
    <Base.Root {...state}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup
            aria-label={label}
            className={classes(
              'floats max-h-(--available-height) max-w-[calc(100vw-16px)] overflow-y-auto overscroll-contain p-3',
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
