/** Buttons: with words, and with a picture alone. A button that waits stays in its place and keeps its width. */
import { Button as Base } from '@base-ui/react/button';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './tooltip.tsx';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

/** Only `primary` has the accent colour: there is one per screen, the action that is expected next. */
const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  plain: 'bg-pane text-ink border border-line-strong hover:bg-hover active:bg-press',
  quiet: 'text-ink hover:bg-hover active:bg-press',
  danger: 'bg-red-solid text-white hover:opacity-90',
};

const common =
  'inline-flex items-center justify-center gap-1.5 rounded-control font-medium select-none whitespace-nowrap ' +
  'transition-opacity disabled:opacity-50 data-[disabled]:opacity-50 data-[disabled]:cursor-default';

interface Props extends Omit<ComponentProps<'button'>, 'ref'> {
  look?: Look;
  size?: 'small' | 'normal';
  icon?: LucideIcon;
  /** Shows that it works on it, and takes no second press. */
  busy?: boolean;
}

/**
 * A button with words. While `busy` it keeps its place, width and focus, so that nothing jumps and a keyboard user is not
 * sent to the start of the page.
 */
export function Button({
  look = 'plain',
  size = 'normal',
  icon: Icon,
  busy,
  className,
  children,
  ...rest
}: Props) {
  return (
    <Base
      type="button"
      aria-busy={busy || undefined}
      {...rest}
      disabled={rest.disabled || busy}
      focusableWhenDisabled={busy}
      className={classes(
        common,
        looks[look],
        size === 'small' ? 'h-7 px-2 text-xs' : 'h-8 px-3 text-sm',
        className,
      )}
    >
      {Icon && <Icon aria-hidden size={size === 'small' ? 14 : 16} strokeWidth={1.75} />}
      {children}
    </Base>
  );
}

interface IconProps extends Omit<ComponentProps<'button'>, 'ref' | 'children'> {
  icon: LucideIcon;
  /** Said to screen readers and shown in the tooltip. */
  label: string;
  /** Keys that do the same, shown in the tooltip. */
  keys?: string;
  size?: 'small' | 'normal';
  pressed?: boolean;
  children?: ReactNode;
}

/** A button with a picture alone. Its label is required, since it is the only name that the button has. */
export function IconButton({
  icon: Icon,
  label,
  keys,
  size = 'normal',
  pressed,
  className,
  children,
  ...rest
}: IconProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <Base
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
        className={classes(
          common,
          'relative shrink-0 text-icon hover:bg-hover hover:text-ink active:bg-press',
          pressed && 'bg-hover text-ink',
          size === 'small' ? 'size-7' : 'size-8',
          className,
        )}
      >
        <Icon aria-hidden size={size === 'small' ? 15 : 17} strokeWidth={1.75} />
        {children}
      </Base>
    </Tooltip>
  );
}
