/** A list of records in a document, and its skeleton. */
import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/button.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { Menu } from '../ui/menu.tsx';
import { useSettingsWords } from './words.ts';

/** The frame of the list. */
export function Records({ children }: { children: ReactNode }) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-panel border border-line bg-pane">
      {children}
    </ul>
  );
}

interface Props {
  /** Said by the menu's button. */
  name: string;
  mark?: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  /** Stands at the end, before the menu. */
  end?: ReactNode;
  /** Where the row leads. */
  to?: string;
  onOpen?: () => void;
  /** Items of the menu. */
  menu?: ReactNode;
}

/** One row: a link, a button or plain text, with a menu at its end. */
export function Record({ name, mark, title, detail, end, to, onOpen, menu }: Props) {
  const t = useSettingsWords();
  const text = (
    <>
      {mark}
      <span className="flex min-w-0 flex-1 flex-col text-start">
        <span dir="auto" className="truncate font-medium rtl:text-right">
          {title}
        </span>
        {detail && <span className="truncate text-xs text-soft">{detail}</span>}
      </span>
    </>
  );
  const look = 'flex min-w-0 flex-1 items-center gap-3 rounded-control outline-offset-2';
  return (
    <li className="flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-ground">
      {to ? (
        <Link to={to} className={look}>
          {text}
        </Link>
      ) : onOpen ? (
        <button type="button" onClick={onOpen} className={look}>
          {text}
        </button>
      ) : (
        <span className={look}>{text}</span>
      )}
      {end}
      {menu && (
        <Menu align="end" trigger={<IconButton icon={Ellipsis} label={t('more', { name })} size="small" />}>
          {menu}
        </Menu>
      )}
    </li>
  );
}

/** Rows in their final height. */
export function RecordsSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className="flex flex-col divide-y divide-line rounded-panel border border-line">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} className="flex min-h-14 items-center gap-3 px-4">
          <Skeleton className="size-8" />
          <span className="flex flex-col gap-1.5">
            <Skeleton className="h-3 w-36" />
            <Skeleton className="h-2.5 w-24" />
          </span>
        </div>
      ))}
    </div>
  );
}
