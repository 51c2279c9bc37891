/** Menus that set a property of one or many conversations: assignee, team, priority, labels, snooze time. */
import type { Priority } from '@hoory/client';
import { Bot, CircleOff } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Assignee, Conversation } from '../../live/conversation.ts';
import { useDeskState } from '../../live/desk.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useAgents, useLabels, useMe, useTeams } from '../people.ts';
import { PriorityMark } from '../priority-mark.tsx';
import { useConversationWords } from '../words.ts';

/** Shared by the menus: the current value, whether there is one to clear, and the trigger. */
interface AssigneeProps {
  assignee: Assignee | undefined;
  /** There is somebody to take it from. */
  isTaken: boolean;
  onAssign: (assignee: Assignee | undefined) => void;
  trigger: ReactElement;
}

/** The agent's own name comes first. A bot is shown only while it is assigned: the menu assigns agents only. */
export function AssigneeMenu({ assignee, isTaken, onAssign, trigger }: AssigneeProps) {
  const t = useConversationWords();
  const me = useMe();
  const others = useAgents().filter((agent) => agent.id !== me.id);
  const isAssigned = (id: number) => assignee?.id === id && !assignee.isBot;
  return (
    <Menu trigger={trigger}>
      <MenuItem
        mark={<Avatar name={me.name} url={me.thumbnail} size={18} />}
        keys="a"
        chosen={isAssigned(me.id)}
        onClick={() => onAssign(me)}
      >
        {t('assignToMe')}
      </MenuItem>
      {isTaken && (
        <MenuItem icon={CircleOff} onClick={() => onAssign(undefined)}>
          {t('unassign')}
        </MenuItem>
      )}
      {assignee?.isBot && (
        <MenuItem icon={Bot} chosen onClick={() => undefined}>
          {assignee.name}
        </MenuItem>
      )}
      {others.length > 0 && <MenuSeparator />}
      <OtherAgents agents={others} isAssigned={isAssigned} onAssign={onAssign} />
    </Menu>
  );
}

type Team = NonNullable<Conversation['team']>;

interface TeamProps {
  team: Team | undefined;
  isTaken: boolean;
  onChoose: (team: Team | undefined) => void;
  trigger: ReactElement;
}

/** Renders nothing in an account without teams. */
export function TeamMenu({ team, isTaken, onChoose, trigger }: TeamProps) {
  const t = useConversationWords();
  const teams = useTeams();
  if (!teams.length && !isTaken) return null;
  return (
    <Menu trigger={trigger}>
      {isTaken && (
        <MenuItem icon={CircleOff} onClick={() => onChoose(undefined)}>
          {t('noTeam')}
        </MenuItem>
      )}
      {teams.map((one) => (
        <MenuItem key={one.id} chosen={one.id === team?.id} onClick={() => onChoose(one)}>
          {one.name}
        </MenuItem>
      ))}
    </Menu>
  );
}

const priorities: Priority[] = ['urgent', 'high', 'medium', 'low'];

interface PriorityProps {
  priority: Priority | null;
  onChoose: (priority: Priority | null) => void;
  trigger: ReactElement;
}

/** From urgent to low. */
export function PriorityMenu({ priority, onChoose, trigger }: PriorityProps) {
  const t = useConversationWords();
  return (
    <Menu trigger={trigger}>
      {priority && (
        <MenuItem icon={CircleOff} onClick={() => onChoose(null)}>
          {t('noPriority')}
        </MenuItem>
      )}
      {priorities.map((one) => (
        <MenuItem
          key={one}
          mark={<PriorityMark priority={one} />}
          chosen={one === priority}
          onClick={() => onChoose(one)}
        >
          {t(one)}
        </MenuItem>
      ))}
    </Menu>
  );
}

interface LabelProps {
  labels: readonly string[];
  /** Adds the label, or takes it off where it is. */
  onToggle: (label: string) => void;
  trigger: ReactElement;
}

/** Each click toggles one label. */
export function LabelMenu({ labels, onToggle, trigger }: LabelProps) {
  const t = useConversationWords();
  const all = useLabels();
  return (
    <Menu trigger={trigger}>
      <MenuHeading>{all.length ? t('labels') : t('noLabels')}</MenuHeading>
      {all.map(({ title, color }) => (
        <MenuItem
          key={title}
          mark={<span aria-hidden className="size-2.5 rounded-full" style={{ background: color }} />}
          chosen={labels.includes(title)}
          onClick={() => onToggle(title)}
        >
          {title}
        </MenuItem>
      ))}
    </Menu>
  );
}

interface SnoozeProps {
  /** Unix seconds; null: until the customer writes. */
  onSnooze: (until: number | null) => void;
  trigger: ReactElement;
}

/** Until the customer replies, in three hours, tomorrow or next Monday at nine, in the time zone of this device. */
export function SnoozeMenu({ onSnooze, trigger }: SnoozeProps) {
  const t = useConversationWords();
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
  });
  const item = (title: string, until: number) => (
    <MenuItem onClick={() => onSnooze(until)}>
      <span className="flex justify-between gap-6">
        {title} <span className="tabular text-soft">{format.format(until * 1000)}</span>
      </span>
    </MenuItem>
  );
  return (
    <Menu align="end" trigger={trigger}>
      <MenuHeading>{t('snoozeUntil')}</MenuHeading>
      <MenuItem onClick={() => onSnooze(null)}>{t('untilReply')}</MenuItem>
      {item(t('inThreeHours'), Math.floor(Date.now() / 1000) + 3 * 3600)}
      {item(t('tomorrow'), morning(1))}
      {item(t('nextWeek'), morning(daysToMonday()))}
    </Menu>
  );
}

/** Nine o'clock in so many days, in unix seconds. */
function morning(days: number): number {
  const date = new Date();
  date.setDate(date.getDate() + days);
  return Math.floor(date.setHours(9, 0, 0, 0) / 1000);
}

/** 1 to 7: on a Monday the next one is meant. */
const daysToMonday = (): number => (8 - new Date().getDay()) % 7 || 7;

interface OtherAgentsProps extends Pick<AssigneeProps, 'onAssign'> {
  agents: ReturnType<typeof useAgents>;
  isAssigned: (id: number) => boolean;
}

/** Agents who are online come first, because they can answer. */
function OtherAgents({ agents, isAssigned, onAssign }: OtherAgentsProps) {
  const presence = useDeskState(({ users }) => users);
  const isOnline = (agent: { id: number }) => presence[agent.id] === 'online';
  return [...agents]
    .sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)))
    .map(({ id, available_name: name, thumbnail }) => (
      <MenuItem
        key={id}
        mark={<Avatar name={name} url={thumbnail} size={18} presence={presence[id]} />}
        chosen={isAssigned(id)}
        onClick={() => onAssign({ id, name, thumbnail, isBot: false })}
      >
        {name}
      </MenuItem>
    ));
}
