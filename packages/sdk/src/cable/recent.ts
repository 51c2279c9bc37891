/** Recognises an event that came a second time, by another way. */

/** More than arrive twice when a socket takes over from the feed. */
const KEPT = 500;

export class Recent {
  readonly #keys = new Set<string>();

  /** True the first time. Always true for what is never recorded: it comes one way only and may repeat. */
  isNew(event: string, data: unknown): boolean {
    const key = keyOf(event, data);
    if (key === undefined) return true;
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > KEPT) for (const oldest of this.#keys) return this.#keys.delete(oldest);
    return true;
  }
}

function keyOf(event: string, data: unknown): string | undefined {
  if (event.includes('typing') || event.startsWith('presence')) return undefined;
  if (!event.startsWith('message.')) return event + JSON.stringify(data);
  const { id, updated_at, status } = data as { id?: unknown; updated_at?: unknown; status?: unknown };
  return `${event} ${id} ${updated_at} ${status}`;
}
