/** Tells an agent who looks elsewhere: a sound, a notification of the desktop, a number in the page's title. */

import type { AgentEvents } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useApi } from '../api/queries.ts';
import { useDesk, useDeskState } from '../live/desk.tsx';
import { isMine } from '../live/lists.ts';
import type { State } from '../live/state.ts';
import { useProfileWords } from '../profile/words.ts';
import { paths } from '../route-paths.ts';
import { remember, remembered } from '../session/storage.ts';
import { type Alert, followAlerts, showAlert } from './worker.ts';

type Message = AgentEvents['message.created'];
type Setting = 'sounds' | 'alerts';

const listeners = new Set<() => void>();

/** Sounds are on unless switched off; notifications are off until the agent allows them. */
export const isOn = (setting: Setting): boolean =>
  setting === 'sounds'
    ? remembered('sounds') !== 'off'
    : remembered('alerts') === 'on' && 'Notification' in window && Notification.permission === 'granted';

/** A setting of this device for sounds or notifications; components follow each other. */
export function useSetting(setting: Setting): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => isOn(setting),
  );
}

/** Asks the browser first, where it has to be asked. */
export async function setSetting(setting: Setting, on: boolean): Promise<void> {
  if (setting === 'alerts' && on && (await Notification.requestPermission()) !== 'granted') on = false;
  remember(setting, on ? 'on' : 'off');
  if (setting === 'sounds' && on) ring();
  for (const changed of listeners) changed();
}

/** Once in the desk. */
export function useAlerts(): void {
  const { live, store } = useDesk();
  const navigate = useNavigate();
  const unread = useDeskState(countUnread);
  const t = useProfileWords();
  const push = useRef<readonly string[]>([]);
  push.current = useApi('GET /notification_settings', {}).data?.selected_push_flags ?? [];

  useEffect(() => {
    document.title = unread ? `(${unread}) Hoory` : 'Hoory';
  }, [unread]);

  useEffect(() => {
    const open = (id: number) => void navigate({ to: paths.conversations, params: { id: String(id) } });
    const tell = (alert: Alert) => {
      const isSeen =
        document.hasFocus() && location.pathname.endsWith(`/conversations/${alert.conversation_id}`);
      if (isSeen) return;
      if (isOn('sounds')) ring();
      if (isOn('alerts') && !document.hasFocus()) showAlert(alert, open);
    };
    const stops = [
      followAlerts(open),
      live.onEvent((name, data) => {
        if (name === 'message.created' && isForMe(data as Message, store.state))
          tell(ofMessage(data as Message));
        if (name !== 'notification.created') return;
        const { notification } = data as AgentEvents['notification.created'];
        const kind = notification.notification_type;
        // What a customer writes in a conversation of mine has been told with the message.
        if (kind !== 'assigned_conversation_new_message' && push.current.includes(`push_${kind}`))
          tell({
            title: t(kind),
            body: notification.push_message_body,
            conversation_id: notification.primary_actor.id,
          });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, store, navigate, t]);
}

/** What customers write where I am assigned, or nobody is; not what a bot answers, nor what is muted. */
function isForMe(message: Message, { conversations, me }: State): boolean {
  const { message_type, sender, conversation_id, conversation } = message;
  if (message_type !== 0 || (sender?.type === 'contact' && sender.blocked)) return false;
  const known = conversations.get(conversation_id);
  if (known?.status === 'pending' || known?.assignee?.isBot) return false;
  return conversation.assignee_id === null || conversation.assignee_id === me;
}

const ofMessage = ({ conversation_id, sender, content }: Message): Alert => ({
  title: sender?.name ?? 'Hoory',
  body: content ?? '',
  conversation_id,
});

function countUnread(state: State): number {
  let count = 0;
  for (const one of state.conversations.values())
    if (one.unread_count && one.status === 'open' && isMine(one, state.me)) count++;
  return count;
}

let context: AudioContext | undefined;
let rungAt = 0;

/** Two soft tones; many messages at once ring once. */
function ring(): void {
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
