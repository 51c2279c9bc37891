/** The team's notes about a contact, newest first, and the field for a new one. */
import { isEnter } from '@hoory/client';
import { Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { invalidate, useApi } from '../../api/queries.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useErrorToast } from '../../ui/failure.ts';
import { Textarea } from '../../ui/input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useTimes } from '../../words/time.ts';
import { useUiWords } from '../../words/ui.ts';
import { MarkdownText } from '../thread/message-text.tsx';
import { useConversationWords } from '../words.ts';

/** Ctrl or Cmd with Enter saves: Enter alone begins a new line. */
export function Notes({ contact_id }: { contact_id: number }) {
  const t = useConversationWords();
  const { data } = useApi('GET /contacts/{contact_id}/notes', { contact_id });
  const { typed, setTyped, busy, add, remove } = useNotes(contact_id);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isEnter(event.nativeEvent) && (event.metaKey || event.ctrlKey)) void add(typed);
  };

  return (
    <div className="space-y-2">
      <Textarea
        rows={2}
        aria-label={t('newNote')}
        placeholder={t('newNote')}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={onKeyDown}
      />
      {typed.trim() && (
        <Button size="small" busy={busy} onClick={() => void add(typed)}>
          {t('addNote')}
        </Button>
      )}
      {!data && <Skeleton className="h-10 w-full" />}
      {data?.map(({ id, content, user, created_at }) => (
        <Note
          key={id}
          content={content}
          author={user?.available_name}
          createdAt={created_at}
          onRemove={() => void remove(id, content)}
        />
      ))}
    </div>
  );
}

/** The note that is being written, and the requests that add and delete one. */
function useNotes(contact_id: number) {
  const t = useConversationWords();
  const ui = useUiWords();
  const showError = useErrorToast();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const refetch = () => invalidate('GET /contacts/{contact_id}/notes');
  async function add(content: string): Promise<void> {
    if (!content.trim()) return;
    setBusy(true);
    try {
      await api('POST /contacts/{contact_id}/notes', { contact_id, content: content.trim() });
      setTyped('');
      await refetch();
    } catch (error) {
      showError(t('noteNotSaved'), error);
    } finally {
      setBusy(false);
    }
  }
  /** Undo creates the note again, with a new id and time: the server cannot restore it. */
  async function remove(id: number, content: string): Promise<void> {
    try {
      await api('DELETE /contacts/{contact_id}/notes/{id}', { contact_id, id });
      await refetch();
      showToast({ title: t('noteDeleted'), action: { label: ui('undo'), run: () => void add(content) } });
    } catch (error) {
      showError(t('noteNotDeleted'), error);
    }
  }
  return { typed, setTyped, busy, add, remove };
}

interface NoteProps {
  content: string;
  author: string | undefined;
  /** Unix seconds. */
  createdAt: number;
  onRemove: () => void;
}

/** One note with author and time. */
function Note({ content, author, createdAt, onRemove }: NoteProps) {
  const t = useConversationWords();
  const times = useTimes();
  return (
    <article className="group/note relative rounded-control border border-note-line bg-note px-2.5 py-1.5">
      <MarkdownText text={content} />
      <p className="mt-1 text-xs text-note-text">
        {author} · {times.short(createdAt)}
      </p>
      <span className="absolute end-1 top-1 opacity-0 group-focus-within/note:opacity-100 group-hover/note:opacity-100">
        <IconButton icon={Trash2} size="small" label={t('deleteNote')} onClick={onRemove} />
      </span>
    </article>
  );
}
