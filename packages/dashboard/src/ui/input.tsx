/** Text fields of one line and of several. Inside a `Field` they get its label, help and error by themselves. */
import { Input as Base } from '@base-ui/react/input';
import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

const look =
  'w-full rounded-control border border-control bg-pane px-2.5 text-sm text-ink placeholder:text-soft ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent focus-visible:border-accent ' +
  'disabled:opacity-60 aria-invalid:border-red data-[invalid]:border-red';

/** One line of text. */
export function Input({ className, ...rest }: Omit<ComponentProps<'input'>, 'ref'>) {
  return <Base {...rest} className={classes(look, 'h-8', className)} />;
}

interface TextareaProps extends Omit<ComponentProps<typeof Base>, 'ref' | 'render' | 'className'> {
  className?: string;
  rows?: number;
}

/** Base UI has no text area of its own: its input renders one, so the props are those of its input. */
export function Textarea({ className, rows = 3, ...rest }: TextareaProps) {
  return (
    <Base
      {...rest}
      render={<textarea rows={rows} />}
      className={classes(look, 'min-h-16 resize-y py-1.5', className)}
    />
  );
}
