/** The command palette: every action of the current screen, every page, and conversations by number, name or e-mail. */
import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { CornerDownLeft, Hash, Search } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useApi } from '../api/queries.ts';
import { focusComposer } from '../conversations/composer/focus.ts';
import type { Person } from '../live/conversation.ts';
import { useDeskState } from '../live/desk.tsx';
import { paths, useGo } from '../route-paths.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { type Shortcut, useShortcutList } from './shortcuts.ts';
import { useShellWords } from './words.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** All actions come from `useShortcuts`: palette, keys and the dialog of keys cannot differ. */
export function Palette({ open, onOpenChange }: Props) {
  const t = useShellWords();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup className="floats fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-140 -translate-x-1/2 overflow-hidden">
          <Dialog.Title className="sr-only">{t('palette')}</Dialog.Title>
          <PaletteContent close={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const item = 'flex h-9 items-center gap-2.5 rounded-control px-2.5 text-sm data-[selected=true]:bg-hover';

/** Mounted only while the palette is open, so that each opening begins with an empty text. */
function PaletteContent({ close }: { close: () => void }) {
  const t = useShellWords();
  const go = useGo();
  const shortcuts = useShortcutList().filter(({ keysOnly }) => !keysOnly);
  const [typed, setTyped] = useState('');
  const run = (work: () => void) => {
    close();
    // The closing dialog first gives the focus back; an action that moves the focus must come after that.
    setTimeout(work, 0);
  };
  const open = (id: number) =>
    run(() => {
      focusComposer(id);
      go({ to: paths.conversations, params: { id: String(id) }, search: (search) => search });
    });
  const number = /^#?(\d{1,9})$/.exec(typed.trim())?.[1];
  const hits = useHits(typed);
  const marked = useHighlightedHit(typed);
  return (
    <Command label={t('palette')} loop disablePointerSelection {...marked.root}>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder={t('paletteHint')}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-soft"
      />
      <Command.List ref={marked.list} className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="p-4 text-center text-soft">{t('nothingFound')}</Command.Empty>
        {number && <NumberItem number={number} typed={typed} onOpen={() => open(Number(number))} />}
        {shortcuts.map((one) => (
          <ActionItem key={`${one.label} ${one.keys}`} act={one} onRun={() => run(one.run)} />
        ))}
        {typed.trim() && (
          <SearchItem
            typed={typed}
            onSearch={() => run(() => go({ to: paths.search, search: { q: typed.trim() } }))}
          />
        )}
        {hits.map((hit) => (
          <HitItem key={hit.id} hit={hit} typed={typed} onOpen={() => open(hit.id)} />
        ))}
      </Command.List>
    </Command>
  );
}

interface NumberItemProps {
  number: string;
  typed: string;
  onOpen: () => void;
}

/** Opens a conversation by its number, loaded or not. */
function NumberItem({ number, typed, onOpen }: NumberItemProps) {
  const t = useShellWords();
  return (
    <Command.Item value={`#${number} ${typed}`} onSelect={onOpen} className={item}>
      <Hash aria-hidden size={16} className="text-icon" />
      {t('openNumber', { number })}
    </Command.Item>
  );
}

/** Hands the text over to the search screen. */
function SearchItem({ typed, onSearch }: { typed: string; onSearch: () => void }) {
  const t = useShellWords();
  return (
    <Command.Item value={`search ${typed}`} onSelect={onSearch} className={item}>
      <Search aria-hidden size={15} className="text-icon" />
      {t('searchFor', { text: typed.trim() })}
    </Command.Item>
  );
}

/** A conversation that matches the text. */
interface Hit extends Pick<Person, 'name' | 'email' | 'thumbnail'> {
  id: number;
  /** The server found it, perhaps by what is not shown here: phone, identifier. */
  isFound: boolean;
}

/** Loaded conversations match at once; the server's hits follow. cmdk filters both by the text. */
function useHits(typed: string): readonly Hit[] {
  const conversations = useDeskState((state) => state.conversations);
  const q = useDebounced(typed.trim());
  const { data } = useApi('GET /search/conversations', { q }, { enabled: q.length > 1 });
  if (!typed) return [];
  const hits = new Map<number, Hit>();
  for (const { id, contact } of [...conversations.values()].slice(0, 500))
    hits.set(id, { ...contact, id, isFound: false });
  for (const { id, contact } of data?.payload.conversations ?? [])
    hits.set(id, { thumbnail: '', ...contact, id, isFound: true });
  return [...hits.values()];
}

/** A hit of the server carries the text as keyword: cmdk would hide it when it was found by a field that is not shown. */
function HitItem({ hit, typed, onOpen }: { hit: Hit; typed: string; onOpen: () => void }) {
  const { id, name, email, thumbnail, isFound } = hit;
  return (
    <Command.Item
      value={`${name} ${email ?? ''} #${id}`}
      keywords={isFound ? [typed] : []}
      onSelect={onOpen}
      className={item}
    >
      <Avatar name={name} url={thumbnail} size={18} />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <span className="tabular text-xs text-soft">#{id}</span>
    </Command.Item>
  );
}

/**
 * Keeps the first item highlighted until the agent chooses another with keys or pointer. cmdk highlights the first item only
 * when the text changes, and keeps it when the server's hits are inserted above, so that Enter would open another one.
 */
function useHighlightedHit(typed: string) {
  const list = useRef<HTMLDivElement>(null);
  const [value, setValue] = useState('');
  const isChosen = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other text is another choice
  useLayoutEffect(() => {
    isChosen.current = false;
  }, [typed]);
  useLayoutEffect(() => {
    if (!list.current) return;
    const markFirst = () => {
      const first = list.current?.querySelector<HTMLElement>('[cmdk-item]');
      if (!isChosen.current && first) setValue(first.dataset.value ?? '');
    };
    const observer = new MutationObserver(markFirst);
    observer.observe(list.current, { childList: true, subtree: true, attributeFilter: ['data-value'] });
    markFirst();
    return () => observer.disconnect();
  }, []);
  const root = {
    value,
    onValueChange: setValue,
    onKeyDown: ({ key, ctrlKey }: KeyboardEvent) => {
      const isMove = /^(Arrow(Up|Down)|Home|End)$/.test(key) || (ctrlKey && /^[jknp]$/.test(key));
      if (isMove) isChosen.current = true;
    },
    onPointerMove: ({ target, movementX, movementY }: PointerEvent) => {
      // The browser also reports a move when the list scrolls under a resting pointer: that is no choice of the agent.
      const item = target instanceof Element && target.closest<HTMLElement>('[cmdk-item]');
      if (!item || !(movementX || movementY)) return;
      isChosen.current = true;
      setValue(item.dataset.value ?? '');
    },
  };
  return { list, root };
}

/** The text after 200 ms without a change, so that not every letter causes a request. */
function useDebounced(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** An action with its keys. */
function ActionItem({ act, onRun }: { act: Shortcut; onRun: () => void }) {
  return (
    <Command.Item value={act.label} onSelect={onRun} className={item}>
      <CornerDownLeft aria-hidden size={15} className="text-icon rtl:-scale-x-100" />
      <span className="min-w-0 flex-1 truncate">{act.label}</span>
      {act.keys && <Kbd keys={act.keys.replace(' ', '+')} />}
    </Command.Item>
  );
}
