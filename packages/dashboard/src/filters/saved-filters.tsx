/** The saved filters of a list: choose one, save the current filters as a new one, edit and delete. */
import { Bookmark, Pencil, Trash2 } from 'lucide-react';
import type { FormEvent } from 'react';
import type { SavedFilter } from '../api/conditions.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Input } from '../ui/input.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import {
  type FilterEditing,
  type SavedFiltersProps,
  useFilterEditing,
  useSavedFilters,
} from './filter-editing.ts';
import { useFilterWords } from './words.ts';

/** The form for a new filter appears only when there is something to save. */
export function SavedFilters({ type, chosen, conditions, onChoose, onEdit }: SavedFiltersProps) {
  const t = useFilterWords();
  const { data: all, error, refetch } = useSavedFilters(type);
  const state = useFilterEditing({ type, chosen, conditions, onChoose, onEdit });
  const { editing } = state;
  const maySave = conditions.length > 0 && chosen === undefined;
  return (
    <section
      aria-label={t('saved')}
      className="space-y-1 border-t border-line pt-2 first:border-0 first:pt-0"
    >
      {error && !all && <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />}
      {!all && !error && <Skeleton className="h-8" />}
      {all?.length === 0 && !maySave && <p className="px-2 text-soft">{t('none')}</p>}
      {all && all.length > 0 && (
        <SearchedList items={all} textOf={({ name }) => name}>
          {(some) => (
            <div>
              {some.map((filter) => (
                <SavedFilterRow
                  key={filter.id}
                  filter={filter}
                  isChosen={filter.id === chosen}
                  isEdited={filter.id === editing?.filter.id}
                  onChoose={onChoose}
                  state={state}
                />
              ))}
            </div>
          )}
        </SearchedList>
      )}
      {(editing || maySave) && <NameForm state={state} hasConditions={conditions.length > 0} />}
    </section>
  );
}

interface RowProps extends Pick<SavedFiltersProps, 'onChoose'> {
  filter: SavedFilter;
  isChosen: boolean;
  isEdited: boolean;
  state: FilterEditing;
}

/** A click chooses the filter, or clears it when it is chosen. */
function SavedFilterRow({ filter, isChosen, isEdited, onChoose, state }: RowProps) {
  const t = useFilterWords();
  const { id, name } = filter;
  return (
    <div className="flex items-center">
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={() => onChoose(isChosen ? undefined : id)}
        className={classes(
          'flex h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-start hover:bg-hover',
          isChosen && 'bg-accent-soft',
        )}
      >
        <Bookmark aria-hidden size={14} className="shrink-0 text-icon" />
        <span className="truncate">{name}</span>
      </button>
      <IconButton
        icon={Pencil}
        size="small"
        label={t('edit', { name })}
        pressed={isEdited}
        onClick={() => state.edit(isEdited ? undefined : filter)}
      />
      <IconButton
        icon={Trash2}
        size="small"
        label={t('remove', { name })}
        onClick={() => state.remove(filter)}
      />
    </div>
  );
}

/**
 * Names a new filter, or the one that is edited. Keys do not reach the shortcuts of the screen, except Escape, which
 * closes the popover.
 */
function NameForm({ state, hasConditions }: { state: FilterEditing; hasConditions: boolean }) {
  const t = useFilterWords();
  const { editing, name } = state;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    state.save();
  };
  return (
    <form className="space-y-2 pt-1" onSubmit={submit}>
      {editing && <p className="text-xs text-soft">{t(editing.fits ? 'editHelp' : 'nameOnly')}</p>}
      <div className="flex gap-2">
        <Input
          aria-label={t('name')}
          placeholder={t('name')}
          value={name}
          onChange={({ target }) => state.setName(target.value)}
          onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
        />
        <Button type="submit" disabled={!name.trim() || (editing?.fits && !hasConditions)}>
          {t('keep')}
        </Button>
      </div>
    </form>
  );
}
