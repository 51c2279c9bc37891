/** A menu of actions on a button. */
import { Menu as Base } from '@base-ui/react/menu';
import { Check, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Kbd } from './kbd.tsx';

interface Props {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: 'start' | 'end';
  children: ReactNode;
}

/** A menu that opens at its trigger. Base UI moves the focus with arrows and first letters, and closes it after a choice. */
export function Menu({ trigger, align = 'start', children }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup className="floats max-h-[min(420px,var(--available-height))] min-w-48 overflow-y-auto p-1">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemProps {
  icon?: LucideIcon;
  mark?: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Marks the choice that holds now. */
  chosen?: boolean;
  onClick: () => void;
  children: ReactNode;
}

/** One action. `chosen` shows a tick: the item is the current value of a choice. */
export function MenuItem({ icon: Icon, mark, keys, danger, disabled, chosen, onClick, children }: ItemProps) {
  return (
    <Base.Item
      onClick={onClick}
      disabled={disabled}
      className={classes(
        'flex h-8 items-center gap-2 rounded-control px-2 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover',
        danger && 'text-red',
      )}
    >
      {Icon && <Icon aria-hidden size={15} strokeWidth={1.75} className={danger ? '' : 'text-icon'} />}
      {mark}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {chosen && <Check aria-hidden size={14} className="text-accent-text" />}
      {keys && <Kbd keys={keys} />}
    </Base.Item>
  );
}

/** Separates groups of items. */
export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

/** Names the group of items below it. */
export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-1.5 pb-1 text-xs font-medium text-soft">{children}</div>;
}
