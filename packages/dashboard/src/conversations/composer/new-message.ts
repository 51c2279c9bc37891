/** The message that is being written: draft, files, and the way into the outbox. */
import type { AgentMessage } from '@hoory/client';
import { useState } from 'react';
import type { Conversation } from '../../live/conversation.ts';
import { useDesk } from '../../live/desk.tsx';
import { useSession } from '../../session/session.ts';
import { showToast } from '../../ui/toast.tsx';
import { useActions } from '../actions.ts';
import { useConversationWords } from '../words.ts';
import { useCompetingAnswers } from './answered-first.tsx';
import { useDraft } from './drafts.ts';
import { MAX_FILES } from './files.tsx';
import { useTyping } from './typing.ts';

/** The conversation and the message that is replied to. */
export interface ComposerProps {
  conversation: Conversation;
  /** Undefined while they are not loaded. */
  messages: readonly AgentMessage[] | undefined;
  /** The message that is answered. */
  replyTo: number | undefined;
  onReplyTo: (message_id: number | undefined) => void;
}

/**
 * Everything the composer needs to send. The composer is emptied as soon as the outbox has taken the message: from then on
 * the outbox keeps it, through failures and reloads.
 */
export function useNewMessage({ conversation, messages, replyTo, onReplyTo }: ComposerProps) {
  const { id: conversation_id } = conversation;
  const { outbox } = useDesk();
  const { account_id } = useSession();
  const { setStatus } = useActions();
  const draft = useDraft(conversation_id);
  const typing = useTyping(conversation_id, draft.mode);
  const attached = useFiles();
  const isNote = draft.mode === 'note';
  const content = draft.text.trim();
  const { missed, accept } = useCompetingAnswers(messages, !isNote && content !== '');
  const canSend = (content !== '' || attached.files.length > 0) && missed.length === 0;

  function send(andResolve: boolean): void {
    if (!canSend) return;
    const quote = isNote || replyTo === undefined ? {} : { in_reply_to: replyTo };
    const message = { account_id, conversation_id, content, private: isNote, ...quote };
    outbox.send(message, { files: attached.files });
    draft.sent();
    attached.clear();
    onReplyTo(undefined);
    typing.stop();
    if (andResolve) setStatus(conversation_id, 'resolved');
  }
  return { draft, isNote, typing, attached, missed, accept, canSend, send };
}

/** The attached files, at most `MAX_FILES`. */
export interface AttachedFiles {
  files: readonly File[];
  add(more: readonly File[]): void;
  remove(file: File): void;
  clear(): void;
}

/** Files are kept in memory, not with the draft: a reload loses them. */
function useFiles(): AttachedFiles {
  const t = useConversationWords();
  const [files, setFiles] = useState<readonly File[]>([]);
  return {
    files,
    add(more) {
      const next = [...files, ...more];
      if (next.length > MAX_FILES)
        showToast({ title: t('tooManyFiles', { count: MAX_FILES }), failed: true });
      setFiles(next.slice(0, MAX_FILES));
    },
    remove: (file) => setFiles(files.filter((other) => other !== file)),
    clear: () => setFiles([]),
  };
}
