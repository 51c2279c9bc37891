/** Menus that set a property of one or many conversations: assignee, team, priority, labels, snooze time. */
import type { Priority } from '@hoory/client';
import { Bot, CircleOff } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { LabelPicker } from '../../labels/label-picker.tsx';
import type { Assignee, Conversation } from '../../live/conversation.ts';
import { useDeskState } from '../../live/desk.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { ChoiceList } from '../../ui/choice-list.tsx';
import type { Choice } from '../../ui/matches.ts';
import { Menu, MenuHeading, MenuItem } from '../../ui/menu.tsx';
import { Picker } from '../../ui/picker.tsx';
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
export function AssigneeMenu({ trigger, ...props }: AssigneeProps) {
  const t = useConversationWords();
  return (
    <Picker label={t('assign')} trigger={trigger}>
      {(close) => <Assignees {...props} close={close} />}
    </Picker>
  );
}

/** The value for "nobody": ids of agents are positive. */
const NOBODY = 0;
/** The value for the bot that is assigned. Choosing it changes nothing. */
const BOT = -1;

/** Made anew each time the menu opens, and in the same order while it is open. */
function Assignees({ assignee, isTaken, onAssign, close }: Omit<AssigneeProps, 'trigger'> & Closable) {
  const t = useConversationWords();
  const me = useMe();
  const agents = useAgents();
  const presence = useDeskState(({ users }) => users);
  const [online] = useState(() => new Set(agents.filter(({ id }) => presence[id] === 'online')));
  const others = agents
    .filter((agent) => agent.id !== me.id)
    .sort((a, b) => Number(online.has(b)) - Number(online.has(a)));
  const choices: Choice<number>[] = [
    { value: me.id, label: t('assignToMe'), keywords: me.name, mark: markOf(me), keys: 'a' },
    ...(isTaken ? [{ value: NOBODY, label: t('unassign'), mark: <Clear /> }] : []),
    ...(assignee?.isBot ? [{ value: BOT, label: assignee.name, mark: <BotMark /> }] : []),
    ...others.map(({ id, available_name: name, email, thumbnail }) => ({
      value: id,
      label: name,
      keywords: email,
      mark: <Avatar name={name} url={thumbnail} size={18} presence={presence[id]} />,
    })),
  ];
  const assign = (id: number) => {
    close();
    const agent = others.find((one) => one.id === id);
    if (id === me.id) onAssign(me);
    else if (id === NOBODY) onAssign(undefined);
    else if (agent) onAssign({ id, name: agent.available_name, thumbnail: agent.thumbnail, isBot: false });
  };
  return (
    <ChoiceList
      label={t('assign')}
      choices={choices}
      isChosen={(id) => (assignee?.isBot ? id === BOT : id === assignee?.id)}
      onChoose={assign}
    />
  );
}

const markOf = ({ name, thumbnail }: Assignee) => <Avatar name={name} url={thumbnail} size={18} />;
const Clear = () => <CircleOff aria-hidden size={15} strokeWidth={1.75} className="text-icon" />;
const BotMark = () => <Bot aria-hidden size={15} strokeWidth={1.75} className="text-icon" />;

/** Closes the menu around the list. */
interface Closable {
  close: () => void;
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
  const none = { value: 0, label: t('noTeam'), mark: <Clear /> };
  return (
    <Picker label={t('team')} trigger={trigger}>
      {(close) => (
        <ChoiceList
          label={t('team')}
          choices={[...(isTaken ? [none] : []), ...teams.map(({ id, name }) => ({ value: id, label: name }))]}
          isChosen={(id) => id === team?.id}
          onChoose={(id) => {
            close();
            onChoose(teams.find((one) => one.id === id));
          }}
        />
      )}
    </Picker>
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
    <LabelPicker
      label={t('labels')}
      none={t('noLabels')}
      labels={all}
      chosen={labels}
      onToggle={onToggle}
      trigger={trigger}
    />
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
