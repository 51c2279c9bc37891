/** Where answers and notes are written. Two tabs of different colour, so that nobody answers in the wrong one. */
import { type AgentMessage, isComposing, isEnter } from '@hoory/client';
import { Paperclip, X } from 'lucide-react';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Conversation } from '../../live/conversation.ts';
import { useDesk } from '../../live/desk.tsx';
import { useSession } from '../../session/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { say } from '../../ui/toast.tsx';
import { useActions } from '../actions.ts';
import { toPreview } from '../thread/preview.ts';
import { useConversationWords } from '../words.ts';
import { AnsweredFirstWarning, useAnsweredFirst } from './answered-first.tsx';
import { useDraft } from './drafts.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Files, MOST_FILES } from './files.tsx';
import { useComposerFocus } from './focus.ts';
import { rememberedKeys, SendButton } from './send-button.tsx';
import { type Suggestion, Suggestions, useSuggestions } from './suggestions.tsx';
import { complete, type Trigger, triggerAt } from './trigger.ts';
import { useTyping } from './typing.ts';

interface Props {
  conversation: Conversation;
  /** Undefined while they are not loaded. */
  messages: readonly AgentMessage[] | undefined;
  /** The message that is answered. */
  replyTo: number | undefined;
  onReplyTo: (message_id: number | undefined) => void;
}

export function Composer({ conversation, messages, replyTo, onReplyTo }: Props) {
  const t = useConversationWords();
  const { outbox } = useDesk();
  const { account_id } = useSession();
  const { setStatus } = useActions();
  const { text, mode, setText, setMode, sent } = useDraft(conversation.id);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [closedAt, setClosedAt] = useState<string>();
  const [sendWith, setSendWith] = useState(rememberedKeys);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const list = useId();
  const typing = useTyping(conversation.id, mode);
  const { missed, accept } = useAnsweredFirst(messages, mode === 'reply' && text.trim() !== '');
  const isNote = mode === 'note';

  const found = triggerAt(text, caret);
  const trigger = found && closedAt !== text.slice(0, found.start + 1) ? found : undefined;
  const suggestions = useSuggestions(trigger, mode, conversation);
  const isOpen = trigger !== undefined && suggestions.length > 0;

  useGrowing(area, text);
  useEffect(() => {
    if (replyTo !== undefined) area.current?.focus();
  }, [replyTo]);
  useComposerFocus(conversation.id, area);

  const put = ({ text: next, caret: place }: { text: string; caret: number }) => {
    setText(next);
    setCaret(place);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(place, place);
    });
  };
  const choose = (suggestion: Suggestion, at: Pick<Trigger, 'start' | 'end'>) =>
    put(complete(text, at, suggestion.insert));

  const canSend = text.trim() !== '' || files.length > 0;
  function send(andResolve: boolean): void {
    if (!canSend) return;
    if (missed.length) return;
    const content = text.trim();
    const quote = isNote || replyTo === undefined ? {} : { in_reply_to: replyTo };
    outbox.send(
      { account_id, conversation_id: conversation.id, content, private: isNote, ...quote },
      { files },
    );
    sent();
    setFiles([]);
    onReplyTo(undefined);
    typing.stop();
    if (andResolve) setStatus(conversation.id, 'resolved');
  }

  function addFiles(more: readonly File[]): void {
    const next = [...files, ...more];
    if (next.length > MOST_FILES) say({ title: t('tooManyFiles', { count: MOST_FILES }), failed: true });
    setFiles(next.slice(0, MOST_FILES));
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (isComposing(event.nativeEvent)) return;
    const { key } = event;
    if (isOpen && trigger) {
      const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
      const chosen = suggestions[Math.min(active, suggestions.length - 1)];
      if (step) setActive((active + step + suggestions.length) % suggestions.length);
      else if ((isEnter(event.nativeEvent) || key === 'Tab') && chosen) choose(chosen, trigger);
      else if (key === 'Escape') setClosedAt(text.slice(0, trigger.start + 1));
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (key === 'Escape') area.current?.blur();
    if (!isEnter(event.nativeEvent) || event.shiftKey) return;
    // With Ctrl or Cmd it always goes; Enter alone is a choice.
    if (sendWith === 'mod' && !event.metaKey && !event.ctrlKey) return;
    event.preventDefault();
    send(false);
  }

  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    addFiles(pasted);
  };
  const onDrop = (event: DragEvent) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    addFiles([...event.dataTransfer.files]);
  };
  const quoted = messages?.find(({ id }) => id === replyTo);

  return (
    <section
      aria-label={t('answer')}
      className="shrink-0 px-3 pb-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      {missed.length > 0 && (
        <AnsweredFirstWarning
          missed={missed}
          onAccept={() => {
            accept();
            area.current?.focus();
          }}
        />
      )}
      <div
        className={classes(
          'relative mx-auto max-w-180 rounded-panel border focus-within:border-accent',
          isNote ? 'border-note-line bg-note' : 'border-line-strong bg-pane',
        )}
      >
        {isOpen && trigger && (
          <Suggestions
            id={list}
            suggestions={suggestions}
            active={Math.min(active, suggestions.length - 1)}
            onChoose={(one) => choose(one, trigger)}
          />
        )}
        <div role="tablist" aria-label={t('answerOrNote')} className="flex gap-1 px-2 pt-1.5">
          {(['reply', 'note'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              data-tab={one}
              aria-selected={mode === one}
              onClick={() => {
                setMode(one);
                area.current?.focus();
              }}
              className={classes(
                'h-7 rounded-control px-2 text-xs font-medium',
                mode !== one && 'text-soft hover:text-ink',
                mode === one && (isNote ? 'bg-note-line/50 text-note-text' : 'bg-hover text-ink'),
              )}
            >
              {t(one)}
            </button>
          ))}
        </div>
        {quoted && !isNote && (
          <p className="mx-3 mt-1 flex items-center gap-2 border-s-2 border-accent ps-2 text-xs text-soft">
            <span className="min-w-0 flex-1 truncate">{toPreview(quoted) || t('file')}</span>
            <IconButton icon={X} label={t('noQuote')} size="small" onClick={() => onReplyTo(undefined)} />
          </p>
        )}
        <textarea
          ref={area}
          rows={2}
          dir={text ? 'auto' : undefined}
          value={text}
          data-composer
          aria-label={t(isNote ? 'writeNote' : 'writeReply')}
          aria-controls={isOpen ? list : undefined}
          aria-activedescendant={isOpen ? `${list}-${Math.min(active, suggestions.length - 1)}` : undefined}
          placeholder={t(isNote ? 'writeNote' : 'writeReply')}
          onChange={({ target }) => {
            setText(target.value);
            setCaret(target.selectionStart);
            setActive(0);
            if (target.value.trim()) typing.key();
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="block max-h-[40vh] w-full resize-none bg-transparent px-3 py-2 text-base outline-none placeholder:text-soft"
        />
        <Files files={files} onRemove={(file) => setFiles(files.filter((one) => one !== file))} />
        <div className="flex items-center gap-0.5 px-2 pb-2">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={({ target }) => {
              addFiles([...(target.files ?? [])]);
              target.value = '';
            }}
          />
          <IconButton
            icon={Paperclip}
            size="small"
            label={t('attach')}
            onClick={() => picker.current?.click()}
          />
          <EmojiPicker onPick={(sign) => put(complete(text, { start: caret, end: caret }, sign))} />
          <span className="flex-1" />
          {!conversation.can_reply && !isNote && (
            <span className="px-2 text-xs text-note-text">{t('windowOver')}</span>
          )}
          <SendButton
            isNote={isNote}
            disabled={!canSend || missed.length > 0}
            keys={sendWith}
            onKeys={setSendWith}
            onSend={send}
          />
        </div>
      </div>
    </section>
  );
}

/** As high as its text, up to the 40 % that its style allows. */
function useGrowing(area: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
}
