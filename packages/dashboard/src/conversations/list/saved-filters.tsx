/** Filters that the agent has given a name. */
import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type ApiInput, type ApiOutput, api } from '../../api/api.ts';
import { forget, useApi } from '../../api/queries.ts';
import type { Filter } from '../../live/lists.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { useSayFailure } from '../../ui/failure.ts';
import { Input } from '../../ui/input.tsx';
import { say } from '../../ui/toast.tsx';
import { useUiWords } from '../../words/ui.ts';
import { useSetFilter } from '../address.ts';
import { useConversationWords } from '../words.ts';

type Saved = ApiOutput<'GET /custom_filters'>[number];
type Condition = NonNullable<ApiInput<'POST /conversations/filter'>['payload']>[number];

export const useSavedFilters = (): readonly Saved[] =>
  useApi('GET /custom_filters', { filter_type: 'conversation' }).data ?? [];

export function SavedFilters({ filter }: { filter: Filter }) {
  const t = useConversationWords();
  const ui = useUiWords();
  const setFilter = useSetFilter();
  const sayFailure = useSayFailure();
  const all = useSavedFilters();
  const [name, setName] = useState('');
  const conditions = toConditions(filter);

  const keep = async (title: string, query: Record<string, unknown>) => {
    await api('POST /custom_filters', { name: title, filter_type: 'conversation', query });
    await forget('GET /custom_filters');
  };
  const save = () =>
    void keep(name.trim(), { payload: conditions })
      .then(() => setName(''))
      .catch((error) => sayFailure(t('notChanged'), error));
  const remove = (one: Saved) =>
    void api('DELETE /custom_filters/{id}', { id: one.id })
      .then(() => forget('GET /custom_filters'))
      .then(() => {
        if (filter.saved === one.id) setFilter({ saved: undefined });
        say({
          title: t('filterDeleted', { name: one.name }),
          action: { label: ui('undo'), run: () => void keep(one.name, one.query) },
        });
      })
      .catch((error) => sayFailure(t('notChanged'), error));

  return (
    <div className="border-t border-line pt-2">
      {all.map((one) => (
        <div key={one.id} className="flex items-center">
          <button
            type="button"
            aria-pressed={one.id === filter.saved}
            onClick={() => setFilter({ saved: one.id === filter.saved ? undefined : one.id })}
            className={classes(
              'flex h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-start hover:bg-hover',
              one.id === filter.saved && 'bg-accent-soft',
            )}
          >
            <Bookmark aria-hidden size={14} className="shrink-0 text-icon" />
            <span className="truncate">{one.name}</span>
          </button>
          <IconButton
            icon={Trash2}
            size="small"
            label={t('deleteFilter', { name: one.name })}
            onClick={() => remove(one)}
          />
        </div>
      ))}
      {conditions.length > 1 && filter.saved === undefined && (
        <form
          className="mt-1 flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) save();
          }}
        >
          <Input
            aria-label={t('filterName')}
            placeholder={t('filterName')}
            value={name}
            onChange={({ target }) => setName(target.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
          <Button type="submit" disabled={!name.trim()}>
            {t('saveFilter')}
          </Button>
        </form>
      )}
    </div>
  );
}

/** What the list is narrowed to, as the server keeps it. */
function toConditions({ status, inbox_id, team_id, label }: Filter): Condition[] {
  const wanted: [string, string | number | undefined][] = [
    ['status', status === 'all' ? undefined : status],
    ['inbox_id', inbox_id],
    ['team_id', team_id],
    ['labels', label],
  ];
  const set = wanted.flatMap(([attribute_key, value]) =>
    value === undefined ? [] : [{ attribute_key, value }],
  );
  return set.map(({ attribute_key, value }, index) => ({
    attribute_key,
    filter_operator: 'equal_to',
    values: [value],
    query_operator: index < set.length - 1 ? 'AND' : null,
  }));
}
