/** State and requests of saved filters: which one is edited, and how one is created, changed and deleted. */
import { useState } from 'react';
import { api, queries } from '../api/api.ts';
import { type Condition, conditionsOf, type SavedFilter } from '../api/conditions.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { useErrorToast } from '../ui/failure.ts';
import { showToast } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import { useFilterWords } from './words.ts';

type FilterType = 'conversation' | 'contact';

/** The agent's saved filters of one type. */
export const useSavedFilters = (filter_type: FilterType) => useApi('GET /custom_filters', { filter_type });

/** The current list, and the ways to change what it shows. */
export interface SavedFiltersProps {
  type: FilterType;
  /** The one whose list is shown. */
  chosen: number | undefined;
  /** The current filters as conditions; empty when there is nothing to save. */
  conditions: Condition[];
  onChoose: (id: number | undefined) => void;
  /** Puts the conditions into the controls of the list. @returns false when they do not fit there */
  onEdit: (conditions: Condition[]) => boolean;
}

/** The filter that is edited, and its name field. Without one the field names a new filter. */
export interface FilterEditing {
  editing:
    | { filter: SavedFilter /** Its conditions are in the controls of the list. */; fits: boolean }
    | undefined;
  name: string;
  setName(name: string): void;
  edit(filter: SavedFilter | undefined): void;
  /** Stores what is edited, or a new filter of the conditions, under the name. */
  save(): void;
  remove(filter: SavedFilter): void;
}

/**
 * Only one filter is edited at a time: its conditions are then shown in the controls of the list, and saving takes them
 * from there.
 */
export function useFilterEditing(props: SavedFiltersProps): FilterEditing {
  const { chosen, conditions, onChoose, onEdit } = props;
  const [editing, setEditing] = useState<FilterEditing['editing']>();
  const [name, setName] = useState('');
  const calls = useFilterCalls(props);
  const edit = (filter: SavedFilter | undefined) => {
    setEditing(filter && { filter, fits: onEdit(conditionsOf(filter)) });
    setName(filter?.name ?? '');
  };
  return {
    editing,
    name,
    setName,
    edit,
    save() {
      const title = name.trim();
      if (!title) return;
      const query = { payload: conditions };
      const write = () =>
        editing
          ? calls.change(editing.filter, { name: title, ...(editing.fits && { query }) })
          : calls.make(title, query);
      calls.run(async () => {
        await write();
        setEditing(undefined);
        setName('');
      });
    },
    remove(filter) {
      if (filter.id === chosen) onChoose(undefined);
      if (filter.id === editing?.filter.id) edit(undefined);
      calls.run(() => calls.remove(filter));
    },
  };
}

/** A new name, and new conditions unless the controls could not show the old ones. */
type Change = { name: string; query?: SavedFilter['query'] };

/** The requests. A change and a deletion offer Undo. */
function useFilterCalls({ type, onChoose }: SavedFiltersProps) {
  const t = useFilterWords();
  const ui = useUiWords();
  const showError = useErrorToast();
  const run = (call: () => Promise<void>) => void call().catch((error) => showError(t('notChanged'), error));
  const showUndo = (title: string, undo: () => Promise<void>) =>
    showToast({ title, action: { label: ui('undo'), run: () => run(undo) } });

  const make = async (name: string, query: SavedFilter['query']) => {
    const { id } = await api('POST /custom_filters', { name, filter_type: type, query });
    await invalidate('GET /custom_filters');
    onChoose(id);
  };
  const write = async (id: number, change: Change) => {
    await api('PATCH /custom_filters/{id}', { id, ...change });
    await invalidate('GET /custom_filters');
    // Lists that use the filter have other rows now.
    void queries.invalidateQueries({ predicate: ({ queryKey }) => listKeys.includes(String(queryKey[0])) });
    onChoose(id);
  };
  return {
    run,
    make,
    async change({ id, name, query }: SavedFilter, change: Change) {
      await write(id, change);
      showUndo(t('isChanged', { name: change.name }), () => write(id, { name, query }));
    },
    async remove({ id, name, query }: SavedFilter) {
      await api('DELETE /custom_filters/{id}', { id });
      await invalidate('GET /custom_filters');
      showUndo(t('isRemoved', { name }), () => make(name, query));
    },
  };
}

/** First key of the queries whose answers depend on a saved filter. */
const listKeys = ['live', 'contacts'];
