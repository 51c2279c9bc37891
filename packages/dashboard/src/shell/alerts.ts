/** Tells an agent who looks elsewhere: a sound, a notification of the desktop, a number in the page's title. */
import type { AgentEvents } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { useDesk, useDeskState } from '../live/desk.tsx';
import { isMine } from '../live/lists.ts';
import { remember, remembered } from '../session/storage.ts';

type Message = AgentEvents['message.created'];
type Setting = 'sounds' | 'alerts';

const listeners = new Set<() => void>();

/** Sounds are on unless switched off; notifications are off until the agent allows them. */
export const isOn = (setting: Setting): boolean =>
  setting === 'sounds'
    ? remembered('sounds') !== 'off'
    : remembered('alerts') === 'on' && 'Notification' in window && Notification.permission === 'granted';

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

  useEffect(() => {
    document.title = unread ? `(${unread}) Hoory` : 'Hoory';
  }, [unread]);

  useEffect(
    () =>
      live.onEvent((name, data) => {
        if (name !== 'message.created') return;
        const message = data as Message;
        const conversation = store.state.conversations.get(message.conversation_id);
        const isForMe = !conversation?.assignee || isMine(conversation, store.state.me);
        const isSeen =
          document.hasFocus() && location.pathname.endsWith(`/conversations/${message.conversation_id}`);
        if (message.message_type !== 0 || !isForMe || isSeen) return;
        if (isOn('sounds')) ring();
        if (isOn('alerts') && !document.hasFocus())
          notify(message, () => {
            window.focus();
            void navigate({ to: '/conversations/{-$id}', params: { id: String(message.conversation_id) } });
          });
      }),
    [live, store, navigate],
  );
}

function countUnread(state: Parameters<Parameters<typeof useDeskState<number>>[0]>[0]): number {
  let count = 0;
  for (const one of state.conversations.values())
    if (one.unread_count && one.status === 'open' && isMine(one, state.me)) count++;
  return count;
}

function notify({ id, conversation_id, sender, content }: Message, open: () => void): void {
  // One a conversation: the newer takes the place of the older.
  const shown = new Notification(sender?.name ?? 'Hoory', {
    body: content?.slice(0, 140) ?? '',
    tag: `conversation ${conversation_id}`,
    icon: `${import.meta.env.BASE_URL}icon-192.png`,
    data: id,
  });
  shown.onclick = () => {
    shown.close();
    open();
  };
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
