/** A settings page that lists records of one kind: create, edit in a dialog, delete with Undo. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { SettingsPage } from './page.tsx';
import { Record, Records, RecordsSkeleton } from './records.tsx';
import { useRemoval } from './removal.ts';
import { useSettingsWords } from './words.ts';

/** How a record is shown in the list. */
export interface Row {
  name: string;
  mark?: ReactNode;
  detail?: ReactNode;
  end?: ReactNode;
  /** Where it leads, in place of the dialog. */
  to?: string;
  /** Further items of its menu. */
  menu?: ReactNode;
  /** Neither changed nor deleted here. */
  fixed?: boolean;
}

interface Props<One extends { id: number }> {
  /** Kind of record, a singular word that no other page uses. */
  kind: string;
  /** The words of the kind's own screen. */
  t: (word: 'title' | 'lead' | 'add' | 'failed' | 'none' | 'noneHelp') => string;
  icon: LucideIcon;
  query: Pick<UseQueryResult, 'error' | 'refetch'>;
  records: readonly One[] | undefined;
  toRow: (record: One) => Row;
  /** The dialog that makes a record, or changes this one. */
  form: (record: One | undefined, close: () => void) => ReactNode;
  remove: (record: One) => Promise<unknown>;
  administrator?: boolean;
}

/** A record is found by its name, and by its detail where that is a text. */
const textOf = ({ name, detail }: Row): string => (typeof detail === 'string' ? `${name} ${detail}` : name);

/** Labels, teams, bots, webhooks, attributes and canned responses share it. Each passes its query, its rows and its form. */
export function RecordsPage<One extends { id: number }>(props: Props<One>) {
  const { t, icon, query, records, toRow, form, administrator } = props;
  const [open, setOpen] = useState<{ record?: One }>();
  const [hidden] = useRemoval();
  const add = (
    <Button look="primary" icon={Plus} onClick={() => setOpen({})}>
      {t('add')}
    </Button>
  );
  const shown = records?.filter(({ id }) => !hidden.has(`${props.kind}:${id}`));
  return (
    <SettingsPage title={t('title')} lead={t('lead')} action={add} administrator={administrator}>
      <div>
        {query.error ? (
          <ErrorState error={query.error} title={t('failed')} onRetry={() => void query.refetch()} />
        ) : !shown ? (
          <RecordsSkeleton />
        ) : !shown.length ? (
          <EmptyState icon={icon} title={t('none')} action={add}>
            {t('noneHelp')}
          </EmptyState>
        ) : (
          <SearchedList items={shown} textOf={(record) => textOf(toRow(record))}>
            {(some) => (
              <Records>
                {some.map((record) => (
                  <RecordRow key={record.id} {...props} record={record} onEdit={() => setOpen({ record })} />
                ))}
              </Records>
            )}
          </SearchedList>
        )}
      </div>
      {open && form(open.record, () => setOpen(undefined))}
    </SettingsPage>
  );
}

/** One record with its menu. */
function RecordRow<One extends { id: number }>({
  kind,
  toRow,
  remove: run,
  record,
  onEdit,
}: Props<One> & { record: One; onEdit: () => void }) {
  const t = useSettingsWords();
  const [, remove] = useRemoval();
  const { name, mark, detail, end, to, menu, fixed } = toRow(record);
  const removal = { key: `${kind}:${record.id}`, name, run: () => run(record) };
  return (
    <Record
      name={name}
      mark={mark}
      title={name}
      detail={detail}
      end={end}
      to={to}
      onOpen={fixed ? undefined : onEdit}
      menu={
        !fixed && (
          <>
            <MenuItem icon={Pencil} onClick={onEdit}>
              {t('edit')}
            </MenuItem>
            {menu}
            <MenuItem icon={Trash2} danger onClick={() => remove(removal)}>
              {t('remove')}
            </MenuItem>
          </>
        )
      }
    />
  );
}
