/** The menus of the thread's header: assignee, team, priority, labels, snooze. */
import type { Priority } from '@hoory/client';
import { Bot, CircleOff, Flag, UsersRound } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Conversation } from '../../live/conversation.ts';
import { useDeskState } from '../../live/desk.tsx';
import { useSession } from '../../session/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useActions } from '../actions.ts';
import { useAgents, useLabels, useTeams } from '../people.ts';
import { PriorityMark } from '../priority-mark.tsx';
import { useConversationWords } from '../words.ts';

export function AssigneeMenu({
  conversation: { id, assignee },
  trigger,
}: {
  conversation: Conversation;
  trigger: ReactElement;
}) {
  const t = useConversationWords();
  const { assign, assignToMe } = useActions();
  const { user } = useSession();
  const presence = useDeskState(({ users }) => users);
  const others = useAgents().filter((agent) => agent.id !== user.id);
  const isOnline = (agent: { id: number }) => presence[agent.id] === 'online';
  return (
    <Menu trigger={trigger}>
      <MenuItem
        mark={<Avatar name={user.available_name} url={user.avatar_url} size={18} />}
        keys="a"
        chosen={assignee?.id === user.id && !assignee.isBot}
        onClick={() => assignToMe(id)}
      >
        {t('assignToMe')}
      </MenuItem>
      {assignee && (
        <MenuItem icon={CircleOff} onClick={() => assign(id, undefined)}>
          {t('unassign')}
        </MenuItem>
      )}
      {assignee?.isBot && (
        <MenuItem icon={Bot} chosen onClick={() => undefined}>
          {assignee.name}
        </MenuItem>
      )}
      {others.length > 0 && <MenuSeparator />}
      {[...others]
        .sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)))
        .map((agent) => (
          <MenuItem
            key={agent.id}
            mark={
              <Avatar
                name={agent.available_name}
                url={agent.thumbnail}
                size={18}
                presence={presence[agent.id]}
              />
            }
            chosen={assignee?.id === agent.id && !assignee.isBot}
            onClick={() =>
              assign(id, {
                id: agent.id,
                name: agent.available_name,
                thumbnail: agent.thumbnail,
                isBot: false,
              })
            }
          >
            {agent.available_name}
          </MenuItem>
        ))}
    </Menu>
  );
}

export function TeamMenu({ conversation: { id, team } }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { setTeam } = useActions();
  const teams = useTeams();
  if (!teams.length && !team) return null;
  return (
    <Menu
      trigger={
        <Button look="quiet" size="small" icon={UsersRound} className={team ? undefined : 'text-soft'}>
          {team?.name ?? t('noTeam')}
        </Button>
      }
    >
      {team && (
        <MenuItem icon={CircleOff} onClick={() => setTeam(id, undefined)}>
          {t('noTeam')}
        </MenuItem>
      )}
      {teams.map((one) => (
        <MenuItem key={one.id} chosen={one.id === team?.id} onClick={() => setTeam(id, one)}>
          {one.name}
        </MenuItem>
      ))}
    </Menu>
  );
}

const priorities: Priority[] = ['urgent', 'high', 'medium', 'low'];

export function PriorityMenu({ id, priority }: { id: number; priority: Priority | null }) {
  const t = useConversationWords();
  const { setPriority } = useActions();
  return (
    <Menu
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
    >
      {priority && (
        <MenuItem icon={CircleOff} onClick={() => setPriority(id, null)}>
          {t('noPriority')}
        </MenuItem>
      )}
      {priorities.map((one) => (
        <MenuItem
          key={one}
          mark={<PriorityMark priority={one} />}
          chosen={one === priority}
          onClick={() => setPriority(id, one)}
        >
          {t(one)}
        </MenuItem>
      ))}
    </Menu>
  );
}

export function LabelMenu({
  conversation: { id, labels },
  trigger,
}: {
  conversation: Conversation;
  trigger: ReactElement;
}) {
  const t = useConversationWords();
  const { setLabels } = useActions();
  const all = useLabels();
  return (
    <Menu trigger={trigger}>
      <MenuHeading>{all.length ? t('labels') : t('noLabels')}</MenuHeading>
      {all.map(({ title, color }) => (
        <MenuItem
          key={title}
          mark={<span aria-hidden className="size-2.5 rounded-full" style={{ background: color }} />}
          chosen={labels.includes(title)}
          onClick={() =>
            setLabels(id, labels.includes(title) ? labels.filter((one) => one !== title) : [...labels, title])
          }
        >
          {title}
        </MenuItem>
      ))}
    </Menu>
  );
}

export function SnoozeMenu({ id, trigger }: { id: number; trigger: ReactElement }) {
  const t = useConversationWords();
  const { setStatus } = useActions();
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
  });
  const item = (title: string, until: number) => (
    <MenuItem onClick={() => setStatus(id, 'snoozed', until)}>
      <span className="flex justify-between gap-6">
        {title} <span className="tabular text-soft">{format.format(until * 1000)}</span>
      </span>
    </MenuItem>
  );
  return (
    <Menu align="end" trigger={trigger}>
      <MenuHeading>{t('snoozeUntil')}</MenuHeading>
      <MenuItem onClick={() => setStatus(id, 'snoozed', null)}>{t('untilReply')}</MenuItem>
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

const daysToMonday = (): number => (8 - new Date().getDay()) % 7 || 7;
