/** The rows of the contacts: only those in sight are in the page, and the next page is loaded before the end is reached. */
import type { Contact } from '@hoory/client';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ContactRound, SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState, Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { SelectBox } from '../ui/select-box.tsx';
import { useSelection } from '../ui/selection.ts';
import { useTimes } from '../words/time.ts';
import type { useContacts } from './use-contacts.ts';
import type { View } from './view.ts';
import { useContactWords } from './words.ts';

/** Height of a row in pixels. */
const rowHeight = 56;
/** Number of skeleton rows. */
const skeletons = 12;

interface Props {
  query: ReturnType<typeof useContacts>;
  view: View;
}

/** Rows, or why there are none: an error, no match, nobody online, or no contacts yet. */
export function ContactList({ query, view }: Props) {
  const t = useContactWords();
  const { data, error, refetch } = query;
  if (error && !data) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <ListSkeleton />;
  const contacts = data.pages.flatMap((page) => page.contacts);
  if (contacts.length) return <Rows contacts={contacts} query={query} />;
  if (view.saved !== undefined) return <EmptyState icon={SearchX} title={t('noMatch')} />;
  if (view.online && !view.q) return <EmptyState icon={ContactRound} title={t('noneOnline')} />;
  if (view.q || view.label)
    return (
      <EmptyState icon={SearchX} title={t('noMatch')}>
        {t('noMatchHelp')}
      </EmptyState>
    );
  return (
    <EmptyState icon={ContactRound} title={t('none')}>
      {t('noneHelp')}
    </EmptyState>
  );
}

/** A virtual list with rows of one height. */
function Rows({ contacts, query }: { contacts: readonly Contact[]; query: Props['query'] }) {
  const t = useContactWords();
  const scroller = useRef<HTMLDivElement>(null);
  const { hasNextPage, isPlaceholderData } = query;
  const virtual = useVirtualizer({
    count: contacts.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useNextPage(query, last >= contacts.length - 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <div ref={scroller} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]">
      <ul
        aria-label={t('title')}
        aria-busy={isPlaceholderData}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {rows.map(({ index, start }) => {
          const contact = contacts[index];
          return (
            <li
              key={contact?.id ?? 'more'}
              className="absolute inset-x-0 border-b border-line"
              style={{ transform: `translateY(${start}px)`, height: rowHeight }}
            >
              {contact ? <Row contact={contact} /> : <RowSkeleton />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** One contact. Its link is the whole row, so that it can also be opened in a new tab. */
function Row({ contact }: { contact: Contact }) {
  const times = useTimes();
  const { id, name, thumbnail, availability_status } = contact;
  const selection = useSelection();
  const isChosen = selection.ids.includes(id);
  return (
    <div className="group relative h-full">
      <Link
        to={`/contacts/${id}`}
        data-contact={id}
        className={classes(
          'flex h-full items-center gap-3 px-4 outline-offset-[-2px] hover:bg-hover sm:px-6',
          isChosen && 'bg-sunk',
        )}
      >
        <Avatar name={name} url={thumbnail} presence={availability_status} />
        <NameAndAddress contact={contact} />
        <span className="tabular w-16 shrink-0 text-end text-xs text-soft">
          {contact.last_activity_at !== undefined && times.short(contact.last_activity_at)}
        </span>
      </Link>
      <SelectBox
        id={id}
        name={name}
        isChosen={isChosen}
        isShown={selection.isOn}
        onToggle={selection.toggle}
        className="start-4 top-3 size-8 sm:start-6"
      />
    </div>
  );
}

/** The row of a contact that is being loaded. */
function RowSkeleton() {
  return (
    <div className="flex h-14 items-center gap-3 px-4 sm:px-6">
      <Skeleton className="size-8 rounded-full" />
      <Skeleton className="h-3 w-40" />
    </div>
  );
}

/** Enough rows to fill the screen. */
function ListSkeleton() {
  return (
    <div className="min-h-0 flex-1 overflow-hidden">
      {Array.from({ length: skeletons }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <RowSkeleton key={row} />
      ))}
    </div>
  );
}

/** Name, e-mail and phone; on narrow screens only what fits. */
function NameAndAddress({ contact }: { contact: Contact }) {
  const t = useContactWords();
  const { name, email, phone_number, identifier, blocked } = contact;
  return (
    <span className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-3">
      <span className="flex min-w-0 items-center gap-2 sm:flex-1">
        <span className="truncate font-medium">{name}</span>
        {blocked && <Chip tone="red">{t('blocked')}</Chip>}
      </span>
      <span className="min-w-0 truncate text-soft sm:flex-1">
        {email ?? <span dir="ltr">{phone_number ?? identifier}</span>}
      </span>
      <span dir="ltr" className="hidden min-w-0 flex-1 truncate text-start text-soft lg:block">
        {email && (phone_number ?? identifier)}
      </span>
    </span>
  );
}

/** Loads the next page once the end is in sight. */
function useNextPage({ hasNextPage, isFetching, fetchNextPage }: Props['query'], isAtEnd: boolean): void {
  useEffect(() => {
    // Not while the list is fetched again: TanStack Query would abort that request.
    if (isAtEnd && hasNextPage && !isFetching) void fetchNextPage();
  }, [isAtEnd, hasNextPage, isFetching, fetchNextPage]);
}
