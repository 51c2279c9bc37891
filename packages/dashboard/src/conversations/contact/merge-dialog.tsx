/** Merges this contact into another one. It cannot be undone, so it is asked once, with both in sight. */
import { Search } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/api.ts';
import { forget, useApi } from '../../api/queries.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useSayFailure } from '../../ui/failure.ts';
import { Input } from '../../ui/input.tsx';
import { say } from '../../ui/toast.tsx';
import { useUiWords } from '../../words/ui.ts';
import { useConversationWords } from '../words.ts';

interface Props {
  contact: { id: number; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function MergeDialog({ contact, open, onOpenChange }: Props) {
  const t = useConversationWords();
  const ui = useUiWords();
  const sayFailure = useSayFailure();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ id: number; name: string }>();
  const [busy, setBusy] = useState(false);
  const q = useDeferredValue(typed.trim());
  const { data } = useApi('GET /contacts/search', { q }, { enabled: open && q.length > 1 });
  const found = q.length > 1 ? (data?.payload ?? []).filter(({ id }) => id !== contact.id).slice(0, 8) : [];

  async function merge(): Promise<void> {
    if (!chosen) return;
    setBusy(true);
    try {
      await api('POST /actions/contact_merge', { base_contact_id: chosen.id, mergee_contact_id: contact.id });
      await forget('GET /contacts/{id}', 'GET /contacts/{id}/conversations');
      say({ title: t('merged', { name: chosen.name }) });
      onOpenChange(false);
    } catch (error) {
      sayFailure(t('notMerged'), error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('mergeTitle', { name: contact.name })}
      description={t('mergeHelp')}
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>{ui('cancel')}</Button>
          <Button look="danger" busy={busy} disabled={!chosen} onClick={() => void merge()}>
            {chosen ? t('mergeInto', { name: chosen.name }) : t('merge')}
          </Button>
        </>
      }
    >
      <div className="relative">
        <Search aria-hidden size={15} className="absolute start-2.5 top-2 text-icon" />
        <Input
          autoFocus
          className="ps-8!"
          aria-label={t('findContact')}
          placeholder={t('findContact')}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <ul className="mt-2 min-h-24">
        {found.map(({ id, name, email, phone_number, thumbnail }) => (
          <li key={id}>
            <button
              type="button"
              aria-pressed={chosen?.id === id}
              onClick={() => setChosen({ id, name })}
              className={classes(
                'flex w-full items-center gap-3 rounded-control px-2 py-1.5 text-start hover:bg-hover',
                chosen?.id === id && 'bg-accent-soft',
              )}
            >
              <Avatar name={name} url={thumbnail} size={28} />
              <span className="min-w-0">
                <span className="block truncate font-medium">{name}</span>
                <span className="block truncate text-xs text-soft">{email ?? phone_number ?? `#${id}`}</span>
              </span>
            </button>
          </li>
        ))}
        {q.length > 1 && data && !found.length && <li className="p-2 text-soft">{t('noContactFound')}</li>}
      </ul>
    </Dialog>
  );
}
