/** Filters that the agent has given a name: chosen, made of what is chosen now, changed, deleted. */
import { Bookmark, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type ApiInput, type ApiOutput, api, queries } from '../api/api.ts';
import { forget, useApi } from '../api/queries.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useSayFailure } from '../ui/failure.ts';
import { Input } from '../ui/input.tsx';
import { say } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import { useFilterWords } from './words.ts';

export type SavedFilter = ApiOutput<'GET /custom_filters'>[number];

export type Condition = NonNullable<ApiInput<'POST /conversations/filter'>['payload']>[number];

type FilterType = 'conversation' | 'contact';

export const conditionsOf = ({ query }: SavedFilter): Condition[] =>
  (query as { payload?: Condition[] }).payload ?? [];

export const useSavedFilters = (filter_type: FilterType) => useApi('GET /custom_filters', { filter_type });

interface Props {
  type: FilterType;
  /** The one whose list is shown. */
  chosen: number | undefined;
  /** What the list is narrowed to now; none when there is nothing to keep. */
  conditions: Condition[];
  onChoose: (id: number | undefined) => void;
  /** Puts the conditions into the controls of the list. @returns false when they do not fit there */
  onEdit: (conditions: Condition[]) => boolean;
}

interface Editing {
  one: SavedFilter;
  /** Its conditions are in the controls. */
  fits: boolean;
}

export function SavedFilters({ type, chosen, conditions, onChoose, onEdit }: Props) {
  const t = useFilterWords();
  const ui = useUiWords();
  const sayFailure = useSayFailure();
  const { data: all, error, refetch } = useSavedFilters(type);
  const [editing, setEditing] = useState<Editing>();
  const [name, setName] = useState('');

  const edit = (one: SavedFilter | undefined) => {
    setEditing(one && { one, fits: onEdit(conditionsOf(one)) });
    setName(one?.name ?? '');
  };
  const write = async (one: SavedFilter, change: Partial<Pick<SavedFilter, 'name' | 'query'>>) => {
    await api('PATCH /custom_filters/{id}', { id: one.id, ...change });
    await forget('GET /custom_filters');
    // Its list is another one now.
    void queries.invalidateQueries({ predicate: ({ queryKey }) => listKeys.includes(String(queryKey[0])) });
    onChoose(one.id);
  };
  const act = (run: () => Promise<void>) =>
    void run().catch((failure) => sayFailure(t('notChanged'), failure));

  const make = async (title: string, query: SavedFilter['query']) => {
    const { id } = await api('POST /custom_filters', { name: title, filter_type: type, query });
    await forget('GET /custom_filters');
    onChoose(id);
  };
  const change = async ({ one, fits }: Editing) => {
    const query = fits ? { query: { payload: conditions } } : {};
    await write(one, { name: name.trim(), ...query });
    const undo = () => write(one, { name: one.name, query: one.query });
    say({
      title: t('isChanged', { name: name.trim() }),
      action: { label: ui('undo'), run: () => act(undo) },
    });
  };
  const remove = async (one: SavedFilter) => {
    if (one.id === chosen) onChoose(undefined);
    if (one.id === editing?.one.id) edit(undefined);
    await api('DELETE /custom_filters/{id}', { id: one.id });
    await forget('GET /custom_filters');
    const undo = () => make(one.name, one.query);
    say({
      title: t('isRemoved', { name: one.name }),
      action: { label: ui('undo'), run: () => act(undo) },
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    act(async () => {
      await (editing ? change(editing) : make(name.trim(), { payload: conditions }));
      setEditing(undefined);
      setName('');
    });
  };
  const mayKeep = conditions.length > 0 && chosen === undefined;

  return (
    <section
      aria-label={t('saved')}
      className="space-y-1 border-t border-line pt-2 first:border-0 first:pt-0"
    >
      {error && !all && <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />}
      {!all && !error && <Skeleton className="h-8" />}
      {all?.length === 0 && !mayKeep && <p className="px-2 text-soft">{t('none')}</p>}
      {all?.map((one) => (
        <div key={one.id} className="flex items-center">
          <button
            type="button"
            aria-pressed={one.id === chosen}
            onClick={() => onChoose(one.id === chosen ? undefined : one.id)}
            className={classes(
              'flex h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-start hover:bg-hover',
              one.id === chosen && 'bg-accent-soft',
            )}
          >
            <Bookmark aria-hidden size={14} className="shrink-0 text-icon" />
            <span className="truncate">{one.name}</span>
          </button>
          <IconButton
            icon={Pencil}
            size="small"
            label={t('edit', { name: one.name })}
            pressed={editing?.one.id === one.id}
            onClick={() => edit(editing?.one.id === one.id ? undefined : one)}
          />
          <IconButton
            icon={Trash2}
            size="small"
            label={t('remove', { name: one.name })}
            onClick={() => act(() => remove(one))}
          />
        </div>
      ))}
      {(editing || mayKeep) && (
        <form className="space-y-2 pt-1" onSubmit={submit}>
          {editing && <p className="text-xs text-soft">{t(editing.fits ? 'editHelp' : 'nameOnly')}</p>}
          <div className="flex gap-2">
            <Input
              aria-label={t('name')}
              placeholder={t('name')}
              value={name}
              onChange={({ target }) => setName(target.value)}
              onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
            />
            <Button type="submit" disabled={!name.trim() || (editing?.fits && !conditions.length)}>
              {t('keep')}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

/** What reads lists by saved filters. */
const listKeys = ['live', 'contacts'];
