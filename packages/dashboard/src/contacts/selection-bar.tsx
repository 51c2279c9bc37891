/** The bar in place of the filters while contacts are selected: their number, and the bulk actions. */
import { Tag, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { queries } from '../api/api.ts';
import { changeMany } from '../api/bulk.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { LabelPicker } from '../labels/label-picker.tsx';
import { useIsAdministrator } from '../session/session.ts';
import { FormDialog } from '../settings/form.tsx';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { SelectAll } from '../ui/select-box.tsx';
import { MAX_SELECTED, useSelection } from '../ui/selection.ts';
import { showToast } from '../ui/toast.tsx';
import { useUiWords } from '../words/ui.ts';
import type { useContacts } from './use-contacts.ts';
import { useContactWords } from './words.ts';

interface Props {
  query: ReturnType<typeof useContacts>;
  ids: readonly number[];
}

/** Deleting is for administrators only. */
export function SelectionBar({ query, ids }: Props) {
  const t = useContactWords();
  const ui = useUiWords();
  const isAdministrator = useIsAdministrator();
  const selection = useSelection();
  useShortcuts([{ keys: 'Escape', label: ui('unchoose'), run: selection.clear, keysOnly: true }]);
  return (
    <div
      role="toolbar"
      aria-label={ui('selection')}
      className="flex min-h-11 items-center gap-2 border-b border-line px-4 pb-3 sm:px-6"
    >
      <SelectAllContacts query={query} ids={ids} />
      <p role="status" className="tabular min-w-0 flex-1 truncate ps-1 font-medium">
        {t('chosen', { count: selection.ids.length })}
      </p>
      {selection.ids.length > 0 && <AddLabel ids={selection.ids} />}
      {selection.ids.length > 0 && isAdministrator && <DeleteSelected ids={selection.ids} />}
      <IconButton icon={X} label={ui('unchoose')} keys="Escape" onClick={selection.clear} />
    </div>
  );
}

/** Selects all rows. It loads the missing pages first, up to what the server changes in one request. */
function SelectAllContacts({ query, ids }: Props) {
  const t = useContactWords();
  const { choose } = useSelection();
  const showError = useErrorToast();
  const [busy, setBusy] = useState(false);
  async function chooseAll(): Promise<void> {
    setBusy(true);
    let all = ids;
    let more = query.hasNextPage;
    while (more && all.length < MAX_SELECTED) {
      const { data, error, hasNextPage } = await query.fetchNextPage();
      if (error) {
        showError(t('failed'), error);
        break;
      }
      all = data?.pages.flatMap(({ contacts }) => contacts.map(({ id }) => id)) ?? all;
      more = hasNextPage;
    }
    choose(all.slice(0, MAX_SELECTED));
    setBusy(false);
  }
  return <SelectAll ids={ids} complete={!query.hasNextPage} busy={busy} onAll={() => void chooseAll()} />;
}

/** Adds a label to all selected contacts. It has no Undo: that would also take the label from contacts that had it before. */
function AddLabel({ ids }: { ids: readonly number[] }) {
  const t = useContactWords();
  const showError = useErrorToast();
  const labels = useApi('GET /labels', {}).data?.payload ?? [];
  const add = async (label: string) => {
    try {
      const left = await changeMany({ type: 'Contact', ids: [...ids], labels: { add: [label] } });
      await invalidate('GET /contacts/{id}/labels');
      if (left.count) void queries.invalidateQueries({ queryKey: ['contacts'] });
      showToast({
        title: t('labelledAs', { label, count: ids.length - left.count }),
        ...(left.count && { description: t('areGone', { count: left.count }) }),
      });
    } catch (error) {
      showError(t('labelsFailed'), error);
    }
  };
  return (
    <LabelPicker
      once
      align="end"
      label={t('addLabel')}
      none={t('noAccountLabels')}
      labels={labels}
      chosen={[]}
      onToggle={(label) => void add(label)}
      trigger={
        <Button size="small" icon={Tag}>
          {t('addLabel')}
        </Button>
      }
    />
  );
}

/** Confirmed once, because it cannot be undone. The toast says how many contacts the server has skipped. */
function DeleteSelected({ ids }: { ids: readonly number[] }) {
  const t = useContactWords();
  const [asking, setAsking] = useState(false);
  const count = ids.length;
  const submit = async () => {
    const left = await changeMany({ type: 'Contact', ids: [...ids], action_name: 'delete' });
    queries.removeQueries({ queryKey: ['GET /contacts/{id}'] });
    await queries.invalidateQueries({ queryKey: ['contacts'] });
    showToast({
      title: t('erased', { count: count - left.count }),
      ...(left.count && { description: t('stayed', { count: left.count }) }),
    });
  };
  return (
    <>
      <Button size="small" icon={Trash2} className="text-red" onClick={() => setAsking(true)}>
        {t('erase')}
      </Button>
      {asking && (
        <FormDialog
          title={t('eraseTitle', { count })}
          description={t('eraseHelp')}
          act={t('erase')}
          danger
          onClose={() => setAsking(false)}
          submit={submit}
        />
      )}
    </>
  );
}
