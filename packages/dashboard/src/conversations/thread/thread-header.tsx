/** The header of a thread: the contact, the other viewers, the main actions, and the properties of the conversation. */
import {
  ArrowLeft,
  Check,
  ChevronDown,
  CircleDot,
  Clock,
  Ellipsis,
  Flag,
  MailOpen,
  PanelRight,
  RotateCcw,
  Tag,
  UserRound,
  UsersRound,
  VolumeX,
} from 'lucide-react';
import type { Conversation } from '../../live/conversation.ts';
import { useDeskState, useViewers } from '../../live/desk.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useActions } from '../actions.ts';
import { useOpenConversation } from '../address.ts';
import { useAgents, useInboxes, useLabels } from '../people.ts';
import { PriorityMark } from '../priority-mark.tsx';
import { useConversationWords } from '../words.ts';
import { AssigneeMenu, LabelMenu, PriorityMenu, SnoozeMenu, TeamMenu } from './thread-menus.tsx';

interface Props {
  id: number;
  conversation: Conversation | undefined;
  onToggleContact: () => void;
}

export function ThreadHeader({ id, conversation, onToggleContact }: Props) {
  const t = useConversationWords();
  const open = useOpenConversation();
  return (
    <header className="shrink-0 border-b border-line">
      <div className="flex h-12 items-center gap-1 ps-2 pe-2 md:ps-4">
        <IconButton
          icon={ArrowLeft}
          label={t('back')}
          onClick={() => open(undefined)}
          className="md:hidden rtl:rotate-180"
        />
        {conversation ? <Who conversation={conversation} /> : <Skeleton className="h-4 w-40" />}
        <Lookers id={id} />
        <span className="flex-1" />
        {conversation && <MainActions conversation={conversation} />}
        <IconButton
          icon={PanelRight}
          label={t('customer')}
          keys="i"
          onClick={onToggleContact}
          className="rtl:-scale-x-100"
        />
      </div>
      {conversation && <Properties conversation={conversation} />}
    </header>
  );
}

function Who({ conversation: { id, contact, inbox_id } }: { conversation: Conversation }) {
  const presence = useDeskState(({ contacts }) => contacts[contact.id]);
  const inbox = useInboxes().find((one) => one.id === inbox_id);
  return (
    <div className="flex min-w-0 items-center gap-2.5">
      <Avatar name={contact.name} url={contact.thumbnail} size={28} presence={presence} />
      <div className="min-w-0 leading-tight">
        <h2 className="truncate text-base font-semibold">{contact.name}</h2>
        <p className="tabular truncate text-xs text-soft">
          #{id}
          {inbox && ` · ${inbox.name}`}
        </p>
      </div>
    </div>
  );
}

/** Other agents who have this conversation open. */
function Lookers({ id }: { id: number }) {
  const t = useConversationWords();
  const lookers = useViewers(id);
  const agents = useAgents();
  const here = [...new Set(lookers.map(({ user_id }) => user_id))].flatMap(
    (user_id) => agents.find((agent) => agent.id === user_id) ?? [],
  );
  if (!here.length) return null;
  const names = here.map(({ available_name }) => available_name).join(', ');
  return (
    <Tooltip label={t('looking', { names })}>
      <span
        role="status"
        aria-label={t('looking', { names })}
        className="ms-2 flex -space-x-1.5 rtl:space-x-reverse"
      >
        {here.slice(0, 3).map((agent) => (
          <span key={agent.id} className="rounded-full ring-2 ring-pane">
            <Avatar name={agent.available_name} url={agent.thumbnail} size={22} />
          </span>
        ))}
      </span>
    </Tooltip>
  );
}

/** Snooze, resolve or reopen, and a menu of rarer actions. `data-keys` is where a shortcut presses. */
function MainActions({ conversation: { id, status } }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { setStatus, markUnread, mute } = useActions();
  const blocked = useDeskState(({ conversations }) => conversations.get(id)?.contact.blocked);
  return (
    <>
      {status === 'open' || status === 'pending' ? (
        <>
          <SnoozeMenu
            onSnooze={(until) => setStatus(id, 'snoozed', until)}
            trigger={<IconButton icon={Clock} label={t('snooze')} keys="z" data-keys="snooze" />}
          />
          <Button size="small" icon={Check} onClick={() => setStatus(id, 'resolved')}>
            {t('resolve')}
          </Button>
        </>
      ) : (
        <Button size="small" icon={RotateCcw} onClick={() => setStatus(id, 'open')}>
          {t('reopen')}
        </Button>
      )}
      <Menu align="end" trigger={<IconButton icon={Ellipsis} label={t('more')} />}>
        {status !== 'pending' && (
          <MenuItem icon={CircleDot} onClick={() => setStatus(id, 'pending')}>
            {t('hold')}
          </MenuItem>
        )}
        <MenuItem icon={MailOpen} keys="u" onClick={() => markUnread(id)}>
          {t('markUnread')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={VolumeX} danger={!blocked} onClick={() => mute(id, !blocked)}>
          {t(blocked ? 'unmute' : 'mute')}
        </MenuItem>
      </Menu>
    </>
  );
}

/** Assignee, team, priority, status and labels in one line, each changed by a click. The line scrolls on narrow screens. */
function Properties({ conversation }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { assign, setTeam } = useActions();
  const { id, assignee, team, priority, status, snoozed_until } = conversation;
  return (
    <div className="flex items-center gap-1 overflow-x-auto px-2 pb-1.5 [scrollbar-width:none] md:px-3">
      <AssigneeMenu
        assignee={assignee}
        isTaken={assignee !== undefined}
        onAssign={(one) => assign(id, one)}
        trigger={
          <Button look="quiet" size="small" icon={assignee ? undefined : UserRound} data-keys="assign">
            {assignee && <Avatar name={assignee.name} url={assignee.thumbnail} size={16} />}
            {assignee?.name ?? t('unassigned')}
            <ChevronDown aria-hidden size={12} className="text-icon" />
          </Button>
        }
      />
      <TeamMenu
        team={team}
        isTaken={team !== undefined}
        onChoose={(one) => setTeam(id, one)}
        trigger={
          <Button look="quiet" size="small" icon={UsersRound} className={team ? undefined : 'text-soft'}>
            {team?.name ?? t('noTeam')}
          </Button>
        }
      />
      <Priority id={id} priority={priority} />
      {status !== 'open' && <StatusChip status={status} snoozedUntil={snoozed_until} />}
      <Labels id={id} labels={conversation.labels} />
    </div>
  );
}

/** The priority with its menu. */
function Priority({ id, priority }: Pick<Conversation, 'id' | 'priority'>) {
  const t = useConversationWords();
  const { setPriority } = useActions();
  return (
    <PriorityMenu
      priority={priority}
      onChoose={(chosen) => setPriority(id, chosen)}
      trigger={
        <Button
          look="quiet"
          size="small"
          icon={priority ? undefined : Flag}
          className={priority ? undefined : 'text-soft'}
        >
          {priority && <PriorityMark priority={priority} />}
          {t(priority ?? 'priority')}
        </Button>
      }
    />
  );
}

interface StatusProps {
  status: Conversation['status'];
  snoozedUntil: string | null;
}

/** Any status but open, with the time until which the conversation is snoozed. */
function StatusChip({ status, snoozedUntil }: StatusProps) {
  const t = useConversationWords();
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return (
    <Chip tone={status === 'resolved' ? 'green' : 'amber'}>
      {t(status)}
      {snoozedUntil && ` · ${format.format(new Date(snoozedUntil))}`}
    </Chip>
  );
}

/** The labels as chips that can be removed, and the menu that adds one. */
function Labels({ id, labels }: Pick<Conversation, 'id' | 'labels'>) {
  const t = useConversationWords();
  const { setLabels } = useActions();
  const known = useLabels();
  const without = (label: string) => labels.filter((other) => other !== label);
  return (
    <>
      {labels.map((title) => (
        <Chip
          key={title}
          dot={known.find((label) => label.title === title)?.color}
          remove={{
            label: t('removeLabel', { label: title }),
            run: () => setLabels(id, without(title)),
          }}
        >
          {title}
        </Chip>
      ))}
      <LabelMenu
        labels={labels}
        onToggle={(label) => setLabels(id, labels.includes(label) ? without(label) : [...labels, label])}
        trigger={<IconButton icon={Tag} size="small" label={t('labels')} keys="l" data-keys="labels" />}
      />
    </>
  );
}
