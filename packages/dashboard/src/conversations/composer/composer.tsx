/**
 * The composer of replies and private notes. They are two tabs with different background, so that nobody answers in the
 * wrong one.
 */
import { isComposing, isEnter } from '@hoory/client';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { readSendKeys } from '../../session/send-keys.ts';
import { classes } from '../../ui/classes.ts';
import { useConversationWords } from '../words.ts';
import { CompetingAnswersWarning } from './answered-first.tsx';
import { type Completion, useCompletion } from './completion.ts';
import { AttachedFileList } from './files.tsx';
import { useComposerFocus } from './focus.ts';
import { type ComposerProps, useNewMessage } from './new-message.ts';
import { ModeTabs, QuotedMessage, Toolbar } from './parts.tsx';
import { SendButton } from './send-button.tsx';
import { Suggestions } from './suggestions.tsx';

/**
 * Files are attached by dropping them anywhere on the composer. The text belongs to the draft, so it survives leaving the
 * conversation.
 */
export function Composer(props: ComposerProps) {
  const { conversation, replyTo } = props;
  const t = useConversationWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const message = useNewMessage(props);
  const focus = () => area.current?.focus();

  useEffect(() => {
    if (replyTo !== undefined) area.current?.focus();
  }, [replyTo]);
  useComposerFocus(conversation.id, area);

  return (
    <section
      aria-label={t('answer')}
      className="shrink-0 px-3 pb-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => takeFiles(event, event.dataTransfer, message.attached.add)}
    >
      {message.missed.length > 0 && (
        <CompetingAnswersWarning
          missed={message.missed}
          onAccept={() => {
            message.accept();
            focus();
          }}
        />
      )}
      <ComposerBox {...props} area={area} message={message} />
    </section>
  );
}

/** Attaches dropped or pasted files. Without files the browser handles the event, and inserts text by itself. */
function takeFiles(
  event: DragEvent | ClipboardEvent,
  { files }: DataTransfer,
  attach: (files: readonly File[]) => void,
): void {
  if (!files.length) return;
  event.preventDefault();
  attach([...files]);
}

interface BoxProps extends ComposerProps {
  area: RefObject<HTMLTextAreaElement | null>;
  message: ReturnType<typeof useNewMessage>;
}

/** The frame: suggestions, tabs, quoted message, text, files and buttons. */
function ComposerBox({ conversation, messages, replyTo, onReplyTo, area, message }: BoxProps) {
  const { draft, isNote, attached } = message;
  const [sendWith, setSendWith] = useState(readSendKeys);
  const completion = useCompletion({ draft, conversation, area });
  const list = useId();
  const { suggestions, active } = completion;
  const quoted = messages?.find(({ id }) => id === replyTo);
  return (
    <div
      className={classes(
        'relative mx-auto max-w-180 rounded-panel border focus-within:border-accent',
        isNote ? 'border-note-line bg-note' : 'border-line-strong bg-pane',
      )}
    >
      {suggestions.length > 0 && (
        <Suggestions id={list} suggestions={suggestions} active={active} onChoose={completion.choose} />
      )}
      <ModeTabs
        mode={draft.mode}
        onChoose={(mode) => {
          draft.setMode(mode);
          area.current?.focus();
        }}
      />
      {quoted && !isNote && <QuotedMessage message={quoted} onRemove={() => onReplyTo(undefined)} />}
      <TextArea {...{ area, message, completion, list }} sendsWithEnter={sendWith !== 'mod'} />
      <AttachedFileList files={attached.files} onRemove={attached.remove} />
      <Toolbar
        onFiles={attached.add}
        onEmoji={completion.insert}
        isClosed={!conversation.can_reply && !isNote}
      >
        <SendButton
          isNote={isNote}
          disabled={!message.canSend}
          keys={sendWith}
          onKeys={setSendWith}
          onSend={message.send}
        />
      </Toolbar>
    </div>
  );
}

interface TextAreaProps extends Pick<BoxProps, 'area' | 'message'> {
  completion: Completion;
  /** Id of the list of suggestions. */
  list: string;
  sendsWithEnter: boolean;
}

/** The text area. Enter sends or begins a new line, by the agent's choice; Ctrl or Cmd with Enter always sends. */
function TextArea({ area, message, completion, list, sendsWithEnter }: TextAreaProps) {
  const t = useConversationWords();
  const { draft, isNote, attached } = message;
  const isOpen = completion.suggestions.length > 0;
  useAutoHeight(area, draft.text);

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (isComposing(event.nativeEvent) || completion.onKey(event)) return;
    if (event.key === 'Escape') area.current?.blur();
    if (!isEnter(event.nativeEvent) || event.shiftKey) return;
    // With Ctrl or Cmd, Enter always sends; alone it does by choice.
    if (!sendsWithEnter && !event.metaKey && !event.ctrlKey) return;
    event.preventDefault();
    message.send(false);
  }
  return (
    <textarea
      ref={area}
      rows={2}
      dir={draft.text ? 'auto' : undefined}
      value={draft.text}
      data-composer
      aria-label={t(isNote ? 'writeNote' : 'writeReply')}
      aria-controls={isOpen ? list : undefined}
      aria-activedescendant={isOpen ? `${list}-${completion.active}` : undefined}
      placeholder={t(isNote ? 'writeNote' : 'writeReply')}
      onChange={({ target }) => {
        completion.change(target.value, target.selectionStart);
        if (target.value.trim()) message.typing.key();
      }}
      onSelect={({ currentTarget }) => completion.moveCaret(currentTarget.selectionStart)}
      onKeyDown={onKeyDown}
      onPaste={(event) => takeFiles(event, event.clipboardData, attached.add)}
      className="block max-h-[40vh] w-full resize-none bg-transparent px-3 py-2 text-base outline-none placeholder:text-soft"
    />
  );
}

/** Makes the area as high as its text, up to the 40 % of the window that its style allows. */
function useAutoHeight(area: RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text, area]);
}
