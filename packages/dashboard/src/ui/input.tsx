/** Where text is typed: one line, and many. */
import { Input as Base } from '@base-ui/react/input';
import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

const look =
  'w-full rounded-control border border-control bg-pane px-2.5 text-sm text-ink placeholder:text-soft ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent focus-visible:border-accent ' +
  'disabled:opacity-60 aria-invalid:border-red data-[invalid]:border-red';

export function Input({ className, ...rest }: Omit<ComponentProps<'input'>, 'ref'>) {
  return <Base {...rest} className={classes(look, 'h-8', className)} />;
}

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return (
    <Base
      {...(rest as ComponentProps<typeof Base>)}
      render={<textarea rows={rows} />}
      className={classes(look, 'min-h-16 resize-y py-1.5', className)}
    />
  );
}
