/** What the list is narrowed to, and its order. */
import { ListFilter, X } from 'lucide-react';
import { SavedFilters } from '../../filters/saved-filters.tsx';
import { type Filter, sorts, statuses } from '../../live/lists.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Select } from '../../ui/select.tsx';
import { useAddress, useSetFilter } from '../address.ts';
import { useInboxes, useLabels, useTeams } from '../people.ts';
import { useConversationWords } from '../words.ts';
import { toChoices, toConditions } from './conditions.ts';

const every: Partial<Filter> = {
  status: 'open',
  inbox_id: undefined,
  team_id: undefined,
  label: undefined,
  saved: undefined,
};

export function FilterMenu() {
  const t = useConversationWords();
  const { filter } = useAddress();
  const setFilter = useSetFilter();
  const inboxes = useInboxes();
  const teams = useTeams();
  const labels = useLabels();
  const narrowed = [
    filter.status !== 'open',
    filter.inbox_id,
    filter.team_id,
    filter.label,
    filter.saved,
  ].filter(Boolean).length;
  /** What is chosen here takes the place of a saved filter. */
  const narrow = (change: Partial<Filter>) => setFilter({ ...change, saved: undefined });

  const choice = (title: string, control: React.ReactNode) => (
    <div className="grid grid-cols-[72px_1fr] items-center gap-2">
      <span className="text-soft">{title}</span>
      {control}
    </div>
  );
  return (
    <Popover
      label={t('filter')}
      align="end"
      className="w-72 space-y-2"
      trigger={
        <Button look="quiet" size="small" icon={ListFilter}>
          {t('filter')}
          {narrowed > 0 && (
            <span className="tabular rounded-full bg-accent-soft px-1.5 text-accent-text">{narrowed}</span>
          )}
        </Button>
      }
    >
      {choice(
        t('status'),
        <Select
          label={t('status')}
          value={filter.status}
          onChange={(status) => narrow({ status })}
          options={statuses.map((value) => ({ value, label: t(value === 'all' ? 'anyStatus' : value) }))}
        />,
      )}
      {choice(
        t('order'),
        <Select
          label={t('order')}
          value={filter.sort}
          onChange={(sort) => setFilter({ sort })}
          options={sorts.map((value) => ({ value, label: t(value) }))}
        />,
      )}
      {inboxes.length > 1 &&
        choice(
          t('inbox'),
          <Select
            label={t('inbox')}
            value={filter.inbox_id ?? 0}
            onChange={(id) => narrow({ inbox_id: id || undefined })}
            options={[
              { value: 0, label: t('any') },
              ...inboxes.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />,
        )}
      {teams.length > 0 &&
        choice(
          t('team'),
          <Select
            label={t('team')}
            value={filter.team_id ?? 0}
            onChange={(id) => narrow({ team_id: id || undefined })}
            options={[
              { value: 0, label: t('any') },
              ...teams.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />,
        )}
      {labels.length > 0 &&
        choice(
          t('label'),
          <Select
            label={t('label')}
            value={filter.label ?? ''}
            onChange={(label) => narrow({ label: label || undefined })}
            options={[
              { value: '', label: t('any') },
              ...labels.map(({ title, color }) => ({
                value: title,
                label: title,
                mark: <span className="size-2 rounded-full" style={{ background: color }} />,
              })),
            ]}
          />,
        )}
      <SavedFilters
        type="conversation"
        chosen={filter.saved}
        conditions={toConditions(filter)}
        onChoose={(saved) => setFilter({ saved })}
        onEdit={(conditions) => {
          const choices = toChoices(conditions);
          if (choices) narrow(choices);
          return choices !== undefined;
        }}
      />
      {narrowed > 0 && (
        <Button look="quiet" size="small" icon={X} onClick={() => setFilter(every)}>
          {t('clearFilter')}
        </Button>
      )}
    </Popover>
  );
}
