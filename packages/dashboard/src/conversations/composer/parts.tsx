/** Parts of the composer around its text: the tabs of reply and note, the quoted message, the row of buttons. */
import type { AgentMessage } from '@hoory/client';
import { Paperclip, X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { toPreview } from '../thread/preview.ts';
import { useConversationWords } from '../words.ts';
import type { Mode } from './drafts.ts';
import { EmojiPicker } from './emoji-picker.tsx';

const modes: readonly Mode[] = ['reply', 'note'];

/** The tabs of reply and note. `data-tab` is where the keys r and n press. */
export function ModeTabs({ mode, onChoose }: { mode: Mode; onChoose: (mode: Mode) => void }) {
  const t = useConversationWords();
  return (
    <div role="tablist" aria-label={t('answerOrNote')} className="flex gap-1 px-2 pt-1.5">
      {modes.map((value) => (
        <button
          key={value}
          type="button"
          role="tab"
          data-tab={value}
          aria-selected={mode === value}
          onClick={() => onChoose(value)}
          className={classes(
            'h-7 rounded-control px-2 text-xs font-medium',
            mode !== value && 'text-soft hover:text-ink',
            mode === value && (mode === 'note' ? 'bg-note-line/50 text-note-text' : 'bg-hover text-ink'),
          )}
        >
          {t(value)}
        </button>
      ))}
    </div>
  );
}

/** The message that is replied to, in one line, with a button that removes the reference. */
export function QuotedMessage({ message, onRemove }: { message: AgentMessage; onRemove: () => void }) {
  const t = useConversationWords();
  return (
    <p className="mx-3 mt-1 flex items-center gap-2 border-s-2 border-accent ps-2 text-xs text-soft">
      <span className="min-w-0 flex-1 truncate">{toPreview(message) || t('file')}</span>
      <IconButton icon={X} label={t('noQuote')} size="small" onClick={onRemove} />
    </p>
  );
}

interface ToolbarProps {
  onFiles: (files: readonly File[]) => void;
  onEmoji: (sign: string) => void;
  /** The channel takes no replies any more. */
  isClosed: boolean;
  /** The button that sends. */
  children: ReactNode;
}

/**
 * Attach, emoji and send. The file input is hidden, because its look cannot be styled, and is cleared after a choice so
 * that the same file can be chosen again.
 */
export function Toolbar({ onFiles, onEmoji, isClosed, children }: ToolbarProps) {
  const t = useConversationWords();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className="flex items-center gap-0.5 px-2 pb-2">
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <IconButton icon={Paperclip} size="small" label={t('attach')} onClick={() => picker.current?.click()} />
      <EmojiPicker onPick={onEmoji} />
      <span className="flex-1" />
      {isClosed && <span className="px-2 text-xs text-note-text">{t('windowOver')}</span>}
      {children}
    </div>
  );
}
