/** An empty state with its explanation and action, and the skeleton of something that is being loaded. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface Props {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  /** The one thing to do. */
  action?: ReactNode;
}

/** Shown in place of an empty list: why it is empty, and the one thing to do about it. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
      {Icon && <Icon aria-hidden size={24} strokeWidth={1.5} className="mb-2 text-icon" />}
      <p className="text-base font-medium">{title}</p>
      {children && <div className="max-w-80 text-soft">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** A grey block in the shape of what will stand there; shows after 300 ms. Sizes by classes: `h-3 w-24`. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={classes('skeleton block', className)} />;
}
