/** The conversations: list, thread and contact side by side, as many as there is room for. */
import { MessagesSquare } from 'lucide-react';
import { useState } from 'react';
import { useList } from '../live/desk.tsx';
import { listKey } from '../live/lists.ts';
import { readStored, writeStored } from '../session/storage.ts';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectionContext, useNewSelection } from '../ui/selection.ts';
import { useAddress, useShowContact } from './address.ts';
import { ContactPane } from './contact/contact-pane.tsx';
import { useConversationKeys } from './keys.ts';
import { ListPane } from './list/list-pane.tsx';
import { ThreadPane } from './thread/thread-pane.tsx';
import { useConversationWords } from './words.ts';

const none: never[] = [];

/**
 * Three panes from 1280 px, two from 768 px, one on a phone. There the list stays mounted behind an open thread, so that
 * Back returns to the same place in it.
 */
export function Screen() {
  const t = useConversationWords();
  const { id, filter, contact } = useAddress();
  const selection = useNewSelection(useList(filter).list?.ids ?? none, listKey(filter));
  const showContact = useShowContact();
  const [isCollapsed, toggleContact] = useContactPane(contact);
  useConversationKeys(selection, toggleContact);

  return (
    <div className="flex h-full">
      <h1 className="sr-only">{t('place')}</h1>
      <section
        aria-label={t('place')}
        className={classes(
          'w-full shrink-0 border-line md:block md:w-80 md:border-e',
          id !== undefined && 'hidden',
        )}
      >
        <SelectionContext value={selection}>
          <ListPane />
        </SelectionContext>
      </section>
      <section
        aria-label={t('thread')}
        className={classes('relative min-w-0 flex-1 md:block', id === undefined && 'hidden')}
      >
        {id === undefined ? <NoneChosen /> : <ThreadPane key={id} id={id} onToggleContact={toggleContact} />}
        {id !== undefined && contact && <ContactOverThread id={id} onClose={() => showContact(false)} />}
      </section>
      {id !== undefined && !isCollapsed && (
        <aside aria-label={t('customer')} className="hidden w-75 shrink-0 border-s border-line xl:block">
          <ContactPane id={id} onClose={toggleContact} />
        </aside>
      )}
    </div>
  );
}

/** In place of the thread while no conversation is open. */
function NoneChosen() {
  const t = useConversationWords();
  return (
    <EmptyState icon={MessagesSquare} title={t('noneChosen')}>
      {t('noneChosenHelp')}
    </EmptyState>
  );
}

/**
 * Whether the contact pane beside the thread is collapsed, which this device stores, and a toggle. On narrow screens the
 * toggle opens the pane over the thread instead.
 */
function useContactPane(isOverThread: boolean): [isCollapsed: boolean, toggle: () => void] {
  const showContact = useShowContact();
  const [isCollapsed, setCollapsed] = useState(readStored('contactPane') === 'collapsed');
  const toggle = () => {
    if (matchMedia('(min-width: 1280px)').matches) {
      setCollapsed(!isCollapsed);
      writeStored('contactPane', isCollapsed ? undefined : 'collapsed');
    } else showContact(!isOverThread);
  };
  return [isCollapsed, toggle];
}

/** The contact pane on screens without room beside the thread. */
function ContactOverThread({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useConversationWords();
  return (
    <aside
      aria-label={t('customer')}
      className="absolute inset-y-0 end-0 z-20 w-full border-s border-line bg-pane shadow-float sm:w-80 xl:hidden"
    >
      <ContactPane id={id} onClose={onClose} />
    </aside>
  );
}
