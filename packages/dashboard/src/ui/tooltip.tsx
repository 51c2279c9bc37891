/** A tooltip: a few words on hover or focus, with the keys that do the same. */
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

interface Props {
  label: ReactNode;
  keys?: string;
  side?: 'top' | 'bottom' | 'left' | 'right' | 'inline-end';
  children: ReactElement;
}

/** It repeats what a screen reader knows from the label of its trigger, so it must not hold anything else. */
export function Tooltip({ label, keys, side = 'top', children }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-50">
          <Base.Popup className="floats flex max-w-72 items-center gap-2 rounded-control px-2 py-1 text-xs text-ink">
            {label}
            {keys && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
