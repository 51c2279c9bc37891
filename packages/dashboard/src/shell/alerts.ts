/** Alerts for an agent who looks elsewhere: a sound, a desktop notification, the number of unread conversations in the title. */
import type { EventMessage } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useApi } from '../api/queries.ts';
import { useDesk, useDeskState } from '../live/desk.tsx';
import { isMine } from '../live/lists.ts';
import { MessageType } from '../live/message-type.ts';
import type { State } from '../live/state.ts';
import { useProfileWords } from '../profile/words.ts';
import { paths } from '../route-paths.ts';
import { readStored, writeStored } from '../session/storage.ts';
import { type Alert, onAlertClick, showAlert } from './worker.ts';

type AlertSetting = 'sounds' | 'alerts';

const listeners = new Set<() => void>();

/** Sounds are on by default. Notifications are off until the agent switches them on and the browser permits them. */
export const isAlertOn = (setting: AlertSetting): boolean =>
  setting === 'sounds'
    ? readStored('sounds') !== 'off'
    : readStored('alerts') === 'on' && 'Notification' in window && Notification.permission === 'granted';

/** A setting of this device. All components that show it change together. */
export function useAlertSetting(setting: AlertSetting): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => isAlertOn(setting),
  );
}

/** Stores the setting. Asks the browser's permission first when notifications are switched on; refused, they stay off. */
export async function setAlertSetting(setting: AlertSetting, on: boolean): Promise<void> {
  if (setting === 'alerts' && on && (await Notification.requestPermission()) !== 'granted') on = false;
  writeStored(setting, on ? 'on' : 'off');
  if (setting === 'sounds' && on) playSound();
  for (const changed of listeners) changed();
}

/** Alerts for as long as the component is mounted. Used once, in the frame of the desk. */
export function useAlerts(): void {
  const { live, store } = useDesk();
  const navigate = useNavigate();
  const t = useProfileWords();
  const push = useRef<readonly string[]>([]);
  push.current = useApi('GET /notification_settings', {}).data?.selected_push_flags ?? [];

  useUnreadInTitle();
  useEffect(() => {
    const open = (id: number) => void navigate({ to: paths.conversations, params: { id: String(id) } });
    const alert = (one: Alert) => {
      const isSeen =
        document.hasFocus() && location.pathname.endsWith(`/conversations/${one.conversation_id}`);
      if (isSeen) return;
      if (isAlertOn('sounds')) playSound();
      if (isAlertOn('alerts') && !document.hasFocus()) showAlert(one, open);
    };
    const stops = [
      onAlertClick(open),
      live.onEvent(({ event, data }) => {
        if (event === 'message.created' && concernsAgent(data, store.state)) alert(toAlert(data));
        if (event !== 'notification.created') return;
        const { notification_type, push_message_body, primary_actor } = data.notification;
        // `message.created` has alerted of a customer's message in an assigned conversation already.
        if (notification_type === 'assigned_conversation_new_message') return;
        if (push.current.includes(`push_${notification_type}`))
          alert({
            title: t(notification_type),
            body: push_message_body,
            conversation_id: primary_actor.id,
          });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, store, navigate, t]);
}

/** Shows the number of unread conversations in the title of the page, where a browser tab shows it. */
function useUnreadInTitle(): void {
  const unread = useDeskState(countUnread);
  useEffect(() => {
    document.title = unread ? `(${unread}) Hoory` : 'Hoory';
  }, [unread]);
}

/** A customer's message in a conversation that is assigned to the agent or to nobody, unless the contact is muted or a bot answers. */
function concernsAgent(message: EventMessage, { conversations, me }: State): boolean {
  const { message_type, sender, conversation_id, conversation } = message;
  if (message_type !== MessageType.incoming || (sender?.type === 'contact' && sender.blocked)) return false;
  const known = conversations.get(conversation_id);
  if (known?.status === 'pending' || known?.assignee?.isBot) return false;
  return conversation.assignee_id === null || conversation.assignee_id === me;
}

const toAlert = ({ conversation_id, sender, content }: EventMessage): Alert => ({
  title: sender?.name ?? 'Hoory',
  body: content ?? '',
  conversation_id,
});

/** Unread open conversations of the agent, as far as they are loaded. */
function countUnread(state: State): number {
  let count = 0;
  for (const one of state.conversations.values())
    if (one.unread_count && one.status === 'open' && isMine(one, state.me)) count++;
  return count;
}

let context: AudioContext | undefined;
let rungAt = 0;

/** Plays two soft tones, at most once in 1.5 seconds: a burst of messages sounds once. */
function playSound(): void {
  if (Date.now() - rungAt < 1_500) return;
  rungAt = Date.now();
  context ??= new AudioContext();
  // Browsers allow no sound before the first click of the page.
  if (context.state === 'suspended') void context.resume();
  for (const [index, frequency] of [660, 880].entries()) {
    const start = context.currentTime + index * 0.11;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
}
