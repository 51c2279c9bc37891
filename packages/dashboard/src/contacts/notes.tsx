/** The notes of a contact on its page, newest first. */
import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type ApiOutput, api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { Section } from '../settings/page.tsx';
import { useRemoval } from '../settings/removal.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Textarea } from '../ui/input.tsx';
import { useTimes } from '../words/time.ts';
import { useContactWords } from './words.ts';

/** A deleted note disappears at once and is deleted on the server when Undo is over. */
export function Notes({ contact_id }: { contact_id: number }) {
  const t = useContactWords();
  const { data, error, refetch } = useApi('GET /contacts/{contact_id}/notes', { contact_id });
  const [hidden, remove] = useRemoval();
  const removal = (id: number) => ({
    key: `note:${id}`,
    name: t('note'),
    run: async () => {
      await api('DELETE /contacts/{contact_id}/notes/{id}', { contact_id, id });
      await invalidate('GET /contacts/{contact_id}/notes');
    },
  });
  return (
    <Section title={t('notes')}>
      <NewNote contact_id={contact_id} />
      {error && <ErrorState error={error} title={t('notesFailed')} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-16" />}
      <ul className="flex flex-col gap-2 empty:hidden">
        {data
          ?.filter(({ id }) => !hidden.has(`note:${id}`))
          .map(({ id, content, user, created_at }) => (
            <Note key={id} {...{ content, user, created_at }} onRemove={() => remove(removal(id))} />
          ))}
      </ul>
    </Section>
  );
}

/** Keeps the text when it could not be saved. */
function NewNote({ contact_id }: { contact_id: number }) {
  const t = useContactWords();
  const showError = useErrorToast();
  const [content, setContent] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api('POST /contacts/{contact_id}/notes', { contact_id, content });
      await invalidate('GET /contacts/{contact_id}/notes');
      setContent('');
    } catch (error) {
      showError(t('noteFailed'), error);
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Field label={t('writeNote')}>
        <Textarea value={content} rows={2} onChange={({ target }) => setContent(target.value)} />
      </Field>
      {content.trim() && (
        <Button type="submit" busy={busy} className="self-start">
          {t('addNote')}
        </Button>
      )}
    </form>
  );
}

type NoteRecord = ApiOutput<'GET /contacts/{contact_id}/notes'>[number];

interface NoteProps extends Pick<NoteRecord, 'content' | 'user' | 'created_at'> {
  onRemove: () => void;
}

/** One note with author and time. */
function Note({ content, user, created_at, onRemove }: NoteProps) {
  const t = useContactWords();
  const times = useTimes();
  return (
    <li className="rounded-panel border border-note-line bg-note px-4 py-3">
      <p className="flex items-center gap-2 text-xs text-note-text">
        <Avatar name={user?.name ?? '?'} url={user?.thumbnail} size={18} />
        <span className="font-medium">{user?.name ?? t('somebody')}</span>
        <time title={times.full(created_at)} className="tabular flex-1">
          {times.short(created_at)}
        </time>
        <IconButton icon={Trash2} label={t('removeNote')} size="small" onClick={onRemove} />
      </p>
      <p dir="auto" className="text-base break-words whitespace-pre-wrap">
        {content}
      </p>
    </li>
  );
}
