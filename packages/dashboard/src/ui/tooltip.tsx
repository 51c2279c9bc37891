/** A few words about what the pointer or the focus is on. */
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

interface Props {
  label: ReactNode;
  keys?: string;
  side?: 'top' | 'bottom' | 'left' | 'right' | 'inline-end';
  children: ReactElement;
}

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
