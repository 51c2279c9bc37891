/** The command palette: every act of this screen, every place, and the conversations, by a few letters of them. */
import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { CornerDownLeft, Hash, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApi } from '../api/queries.ts';
import type { Person } from '../live/conversation.ts';
import { useDeskState } from '../live/desk.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { type Shortcut, useShortcutList } from './shortcuts.ts';
import { useShellWords } from './words.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function Palette({ open, onOpenChange }: Props) {
  const t = useShellWords();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup className="floats fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-140 -translate-x-1/2 overflow-hidden">
          <Dialog.Title className="sr-only">{t('palette')}</Dialog.Title>
          <Content close={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const item = 'flex h-9 items-center gap-2.5 rounded-control px-2.5 text-sm data-[selected=true]:bg-hover';

function Content({ close }: { close: () => void }) {
  const t = useShellWords();
  const navigate = useNavigate();
  const shortcuts = useShortcutList().filter(({ keysOnly }) => !keysOnly);
  const conversations = useDeskState((state) => state.conversations);
  const [typed, setTyped] = useState('');
  const run = (work: () => void) => {
    close();
    // After the focus has gone back to where it was.
    setTimeout(work, 0);
  };
  const open = (id: number) =>
    run(
      () => void navigate({ to: '/conversations/{-$id}', params: { id: String(id) }, search: true as never }),
    );
  const number = /^#?(\d{1,9})$/.exec(typed.trim())?.[1];
  const q = useSettled(typed.trim());
  const { data } = useApi('GET /search/conversations', { q }, { enabled: q.length > 1 });
  const known = new Map<number, Pick<Person, 'name' | 'email' | 'thumbnail'>>(
    typed ? [...conversations.values()].slice(0, 500).map((one) => [one.id, one.contact]) : [],
  );
  const found = typed ? (data?.payload.conversations ?? []) : [];
  for (const { id, contact } of found) known.set(id, { thumbnail: '', ...contact });
  return (
    <Command label={t('palette')} loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder={t('paletteHint')}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-soft"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="p-4 text-center text-soft">{t('nothingFound')}</Command.Empty>
        {number && (
          <Command.Item value={`#${number} ${typed}`} onSelect={() => open(Number(number))} className={item}>
            <Hash aria-hidden size={16} className="text-icon" />
            {t('openNumber', { number })}
          </Command.Item>
        )}
        {shortcuts.map((one) => (
          <Act key={`${one.label} ${one.keys}`} act={one} onRun={() => run(one.run)} />
        ))}
        {typed.trim() && (
          <Command.Item
            value={`search ${typed}`}
            onSelect={() => run(() => void navigate({ to: '/search', search: { q: typed.trim() } as never }))}
            className={item}
          >
            <Search aria-hidden size={15} className="text-icon" />
            {t('searchFor', { text: typed.trim() })}
          </Command.Item>
        )}
        {[...known].map(([id, { name, email, thumbnail }]) => (
          <Command.Item
            key={id}
            value={`${name} ${email ?? ''} #${id}`}
            // The server found it by what is not shown here: phone, identifier.
            keywords={found.some((one) => one.id === id) ? [typed] : []}
            onSelect={() => open(id)}
            className={item}
          >
            <Avatar name={name} url={thumbnail} size={18} />
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="tabular text-xs text-soft">#{id}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Act({ act, onRun }: { act: Shortcut; onRun: () => void }) {
  return (
    <Command.Item value={act.label} onSelect={onRun} className={item}>
      <CornerDownLeft aria-hidden size={15} className="text-icon rtl:-scale-x-100" />
      <span className="min-w-0 flex-1 truncate">{act.label}</span>
      {act.keys && <Kbd keys={act.keys.replace(' ', '+')} />}
    </Command.Item>
  );
}
