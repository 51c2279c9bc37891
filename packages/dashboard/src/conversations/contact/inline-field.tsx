/** A value that is edited where it stands: a click opens it, Enter or leaving saves, Escape leaves it as it was. */
import { isComposing, isEnter } from '@hoory/client';
import { type KeyboardEvent, useState } from 'react';
import { classes } from '../../ui/classes.ts';
import { useReason } from '../../ui/failure.ts';
import { useSave } from '../../ui/field.tsx';
import { useUiWords } from '../../words/ui.ts';
import { useConversationWords } from '../words.ts';

interface Props {
  label: string;
  value: string;
  /** An identifier. */
  isCode?: boolean;
  onSave: (value: string) => Promise<unknown>;
}

export function InlineField({ label, value, isCode, onSave }: Props) {
  const t = useConversationWords();
  const ui = useUiWords();
  const reason = useReason();
  const [typed, setTyped] = useState<string>();
  const [state, save] = useSave(onSave);

  async function finish(): Promise<void> {
    if (typed === undefined) return;
    const next = typed.trim();
    if (next === value || (await save(next))) setTyped(undefined);
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isEnter(event.nativeEvent)) event.currentTarget.blur();
    if (event.key === 'Escape' && !isComposing(event.nativeEvent)) setTyped(undefined);
    event.stopPropagation();
  };

  return (
    <div className="grid min-h-7 grid-cols-[88px_1fr] items-center gap-2">
      <span className="truncate text-soft">{label}</span>
      {typed === undefined ? (
        <button
          type="button"
          aria-label={`${t('edit', { what: label })}: ${value || '–'}`}
          onClick={() => setTyped(value)}
          className={classes(
            '-mx-1.5 min-h-7 truncate rounded-control px-1.5 text-start hover:bg-hover',
            isCode && value && 'font-mono text-xs',
            !value && 'text-soft',
          )}
        >
          {value || '–'}
        </button>
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: it was just clicked
          autoFocus
          dir="auto"
          aria-label={label}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={() => void finish()}
          onKeyDown={onKeyDown}
          className="-mx-1.5 h-7 min-w-0 rounded-control border border-accent bg-pane px-1.5 outline-none"
        />
      )}
      {state.status === 'saved' && (
        <p role="status" className="col-start-2 text-xs text-green">
          ✓ {ui('saved')}
        </p>
      )}
      {state.status === 'failed' && (
        <p role="alert" className="col-span-2 text-xs text-red">
          {reason(state.error)}
        </p>
      )}
    </div>
  );
}
