/** The service worker (`public/sw.js`): it caches the desk for when the server is away, and shows notifications. */
import { cut } from '@hoory/client';

/** Absent where the page is served without https, and while developing. */
const container = import.meta.env.PROD ? navigator.serviceWorker : undefined;

/** Registers the worker; once at the start. Without it the desk works as long as the server can be reached. */
export function startWorker(): void {
  container?.register(`${import.meta.env.BASE_URL}sw.js`).catch(() => {});
}

/** A notification that leads to a conversation. */
export interface Alert {
  title: string;
  body: string;
  conversation_id: number;
}

type Open = (conversation_id: number) => void;

let shown = Promise.resolve();

/** Shows a notification; a newer one of the same conversation replaces the older. */
export function showAlert(alert: Alert, open: Open): void {
  // One after another: browsers may show the older of two simultaneous ones last.
  shown = shown.then(() => show(alert, open)).catch(() => {});
}

/** Through the worker where there is one: phones allow no notification from a page. */
async function show({ title, body, conversation_id }: Alert, open: Open): Promise<void> {
  const options: NotificationOptions = {
    body: cut(body, 140),
    tag: `conversation ${conversation_id}`,
    icon: `${import.meta.env.BASE_URL}icon-192.png`,
    data: conversation_id,
  };
  // On phones only a worker may show one.
  const worker = await container?.getRegistration();
  if (worker?.active) return worker.showNotification(title, options);
  const notification = new Notification(title, options);
  notification.onclick = () => {
    notification.close();
    window.focus();
    open(conversation_id);
  };
}

/** Calls `open` when the agent clicks a notification that the worker has shown. @returns a function that stops this */
export function onAlertClick(open: (conversation_id: number) => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (typeof data?.conversation_id === 'number') open(data.conversation_id);
  };
  container?.addEventListener('message', hear);
  return () => container?.removeEventListener('message', hear);
}
