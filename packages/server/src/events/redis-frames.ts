/**
 * Notices as text for Redis: one message for each topic, which begins with the id of its node. Payloads are sent as they are, since
 * no JSON text contains the control character between two records.
 */
import type { Recorded, SharedNotice } from './bus.ts';

const separator = '\x01';

/** A notice, or the records of one stream in it. */
export interface Frame {
  topic: string;
  text: string;
}

/** @param sender the id of this node, without spaces */
export function toFrames(sender: string, notice: SharedNotice): Frame[] {
  if ('transient' in notice) {
    const { topic, payload, except } = notice.transient;
    return [{ topic, text: `${sender} transient ${JSON.stringify(except ?? null)}${separator}${payload}` }];
  }
  const texts = new Map<string, string>();
  for (const { stream, offset, event, payload } of notice.recorded)
    texts.set(
      stream,
      `${texts.get(stream) ?? `${sender} recorded `}${separator}${offset} ${event} ${payload}`,
    );
  return [...texts].map(([topic, text]) => ({ topic, text }));
}

/** The notice of another node; undefined for one of `self`, and for the text of a version that this one does not know. */
export function fromFrame(self: string, { topic, text }: Frame): SharedNotice | undefined {
  if (text.startsWith(`${self} `)) return undefined;
  const [head = '', ...parts] = text.split(separator);
  const [, kind, except] = head.split(' ');
  if (kind === 'recorded') return { recorded: parts.map((part) => toRecorded(topic, part)) };
  const [payload] = parts;
  if (kind !== 'transient' || payload === undefined || except === undefined) return undefined;
  const left: unknown = JSON.parse(except);
  return { transient: { topic, payload, ...(typeof left === 'string' && { except: left }) } };
}

/** Without an offset, and hence older than every other record, where the text is not ours. */
function toRecorded(stream: string, part: string): Recorded {
  const [, offset = '0', event = '', payload = ''] = /^(\d+) (\S*) (.*)$/s.exec(part) ?? [];
  return { stream, offset: Number(offset), event, payload };
}
