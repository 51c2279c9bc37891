/** The filter menu of the list: status, order, inbox, team, label and saved filters. */
import { ListFilter, X } from 'lucide-react';
import type { Condition } from '../../api/conditions.ts';
import { SavedFilters } from '../../filters/saved-filters.tsx';
import { type Filter, sorts, statuses } from '../../live/lists.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Select } from '../../ui/select.tsx';
import type { SelectProps } from '../../ui/select-button.tsx';
import { useAddress, useSetFilter } from '../address.ts';
import { useInboxes, useLabels, useTeams } from '../people.ts';
import { useConversationWords } from '../words.ts';
import { toChoices, toConditions } from './conditions.ts';

/** The filter of an unfiltered list; the tab and the order stay. */
const defaultFilter: Partial<Filter> = {
  status: 'open',
  inbox_id: undefined,
  team_id: undefined,
  label: undefined,
  saved: undefined,
};

/** Number of choices that differ from the default, for the badge of the button. */
const countNarrowed = ({ status, inbox_id, team_id, label, saved }: Filter): number =>
  [status !== 'open', inbox_id, team_id, label, saved].filter(Boolean).length;

/** The menu writes to the address, so each choice is a step in the history. */
export function FilterMenu() {
  const t = useConversationWords();
  const { filter } = useAddress();
  const setFilter = useSetFilter();
  const narrowed = countNarrowed(filter);
  /** A choice replaces a saved filter. */
  const narrow = (change: Partial<Filter>) => setFilter({ ...change, saved: undefined });
  const edit = (conditions: Condition[]) => {
    const choices = toChoices(conditions);
    if (choices) narrow(choices);
    return choices !== undefined;
  };
  return (
    <Popover
      label={t('filter')}
      align="end"
      className="w-72 space-y-2"
      trigger={
        <Button look="quiet" size="small" icon={ListFilter}>
          {t('filter')}
          {narrowed > 0 && <CountBadge of={narrowed} />}
        </Button>
      }
    >
      <StatusAndOrder filter={filter} narrow={narrow} />
      <InboxTeamLabel filter={filter} narrow={narrow} />
      <SavedFilters
        type="conversation"
        chosen={filter.saved}
        conditions={toConditions(filter)}
        onChoose={(saved) => setFilter({ saved })}
        onEdit={edit}
      />
      {narrowed > 0 && <ClearFilter />}
    </Popover>
  );
}

/** The current filter, and a function that narrows it. */
interface Choices {
  filter: Filter;
  narrow: (change: Partial<Filter>) => void;
}

/** The order is no filter: it neither counts as a choice nor replaces a saved filter. */
function StatusAndOrder({ filter, narrow }: Choices) {
  const t = useConversationWords();
  const setFilter = useSetFilter();
  return (
    <>
      <Choice
        title={t('status')}
        value={filter.status}
        onChange={(status) => narrow({ status })}
        options={statuses.map((value) => ({ value, label: t(value === 'all' ? 'anyStatus' : value) }))}
      />
      <Choice
        title={t('order')}
        value={filter.sort}
        onChange={(sort) => setFilter({ sort })}
        options={sorts.map((value) => ({ value, label: t(value) }))}
      />
    </>
  );
}

/** Each choice is shown only when there is more than one value. */
function InboxTeamLabel({ filter, narrow }: Choices) {
  const t = useConversationWords();
  const inboxes = useInboxes();
  const teams = useTeams();
  const labels = useLabels();
  const toOption = ({ id, name }: { id: number; name: string }) => ({ value: id, label: name });
  return (
    <>
      {inboxes.length > 1 && (
        <Choice
          title={t('inbox')}
          value={filter.inbox_id ?? 0}
          onChange={(id) => narrow({ inbox_id: id || undefined })}
          options={[{ value: 0, label: t('any') }, ...inboxes.map(toOption)]}
        />
      )}
      {teams.length > 0 && (
        <Choice
          title={t('team')}
          value={filter.team_id ?? 0}
          onChange={(id) => narrow({ team_id: id || undefined })}
          options={[{ value: 0, label: t('any') }, ...teams.map(toOption)]}
        />
      )}
      {labels.length > 0 && (
        <Choice
          title={t('label')}
          value={filter.label ?? ''}
          onChange={(label) => narrow({ label: label || undefined })}
          options={[{ value: '', label: t('any') }, ...labels.map(toLabelOption)]}
        />
      )}
    </>
  );
}

/** The colour of a label is shown before its title. */
const toLabelOption = ({ title, color }: { title: string; color: string }) => ({
  value: title,
  label: title,
  mark: <span className="size-2 rounded-full" style={{ background: color }} />,
});

type ChoiceProps<Value> = { title: string } & Omit<SelectProps<Value>, 'label'>;

/** A select with its title at the side. */
function Choice<Value extends string | number>({ title, ...select }: ChoiceProps<Value>) {
  return (
    <div className="grid grid-cols-[72px_1fr] items-center gap-2">
      <span className="text-soft">{title}</span>
      <Select label={title} {...select} />
    </div>
  );
}

/** Number of active choices. */
function CountBadge({ of }: { of: number }) {
  return <span className="tabular rounded-full bg-accent-soft px-1.5 text-accent-text">{of}</span>;
}

/** Back to the default filter. */
function ClearFilter() {
  const t = useConversationWords();
  const setFilter = useSetFilter();
  return (
    <Button look="quiet" size="small" icon={X} onClick={() => setFilter(defaultFilter)}>
      {t('clearFilter')}
    </Button>
  );
}
