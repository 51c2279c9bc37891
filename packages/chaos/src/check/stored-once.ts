/** Every acknowledged write is stored exactly once, every other at most once; answers of one key agree. */
import { entriesOf, type Sent, type Timed } from '../history.ts';
import { objectOf } from '../json.ts';
import type { StoredMessage } from '../stored/stored.ts';
import type { Evidence, Violation } from './violation.ts';

export function checkStored(evidence: Evidence): Violation[] {
  const acknowledged = acknowledgedIds(evidence);
  return [
    ...checkRefusals(evidence),
    ...checkAnswers(acknowledged),
    ...checkMessages(evidence, acknowledged),
    ...checkChanges(evidence, acknowledged),
    ...checkConversations(evidence, acknowledged),
    ...checkSessions(evidence, acknowledged),
    ...checkAcknowledgedOrder(evidence),
  ];
}

/** The ids that each key was answered with; empty for answers without one. */
type AcknowledgedIds = Map<string, Set<number>>;

function acknowledgedIds({ entries }: Evidence): AcknowledgedIds {
  const ids: AcknowledgedIds = new Map();
  for (const { key, id } of entriesOf(entries, 'acknowledge')) {
    const known = ids.get(key) ?? new Set();
    if (id !== undefined) known.add(id);
    ids.set(key, known);
  }
  return ids;
}

/** Nobody sends anything that the server may refuse, except too much within a minute. */
const checkRefusals = ({ entries }: Evidence): Violation[] =>
  entriesOf(entries, 'refuse')
    .filter(({ text }) => !text.includes('Too many messages'))
    .map(({ key, status, text }) => ({
      rule: 'not refused',
      text: `${key} was refused with ${status}: ${text}`,
      about: { key },
    }));

const checkAnswers = (acknowledged: AcknowledgedIds): Violation[] =>
  [...acknowledged]
    .filter(([, ids]) => ids.size > 1)
    .map(([key, ids]) => ({
      rule: 'acknowledged alike',
      text: `${key} was acknowledged as ${[...ids].join(' and ')}`,
      about: { key },
    }));

/** First sends only: a message that is sent again has the same key. */
function sentOnce({ entries }: Evidence, fits: (sent: Timed<Sent>) => boolean): Timed<Sent>[] {
  const byKey = new Map<string, Timed<Sent>>();
  for (const sent of entriesOf(entries, 'send'))
    if (fits(sent) && !byKey.has(sent.key)) byKey.set(sent.key, sent);
  return [...byKey.values()];
}

function checkMessages(evidence: Evidence, acknowledged: AcknowledgedIds): Violation[] {
  const rows = new Map<string, StoredMessage[]>();
  for (const message of evidence.stored.database.messages) {
    // A deleted message has lost its content, a wrong copy may have lost its `echo_id`.
    const key = message.echo === null ? message.content : String(JSON.parse(message.echo));
    if (key !== null) rows.set(key, [...(rows.get(key) ?? []), message]);
  }
  const isMessage = ({ operation }: Sent) => operation === 'message' || operation === 'note';
  return sentOnce(evidence, isMessage).flatMap(({ key, conversation }) => {
    const found = rows.get(key) ?? [];
    const ids = acknowledged.get(key);
    const about = { key, conversation, message: found[0]?.id ?? [...(ids ?? [])][0] };
    const wrong = (text: string): Violation[] => [{ rule: 'stored once', text, about }];
    if (found.length > 1)
      return wrong(`${key} is stored ${found.length} times, as ${found.map(({ id }) => id).join(' and ')}`);
    if (!ids) return [];
    if (!found[0]) return wrong(`${key} was acknowledged as ${[...ids].join()} and is not stored`);
    if (found[0].conversation !== conversation)
      return wrong(`${key} was sent to conversation ${conversation} and is in ${found[0].conversation}`);
    return ids.size === 0 || ids.has(found[0].id)
      ? []
      : wrong(`${key} was acknowledged as ${[...ids].join()} and is stored as ${found[0].id}`);
  });
}

/** Acknowledged deletions and answers to forms are in the stored messages. */
function checkChanges(evidence: Evidence, acknowledged: AcknowledgedIds): Violation[] {
  const byId = new Map(evidence.stored.database.messages.map((message) => [message.id, message]));
  const isChange = ({ operation, key }: Sent) =>
    (operation === 'delete' || operation === 'submit') && acknowledged.has(key);
  return sentOnce(evidence, isChange).flatMap(({ key, operation, message, conversation }) => {
    const attributes = byId.get(message ?? 0)?.attributes ?? '';
    const isThere = operation === 'delete' ? isDeleted(attributes) : attributes.includes(JSON.stringify(key));
    if (isThere) return [];
    const text = `${key} was acknowledged, and message ${message} does not have it`;
    return [{ rule: 'stored once', text, about: { key, message, conversation } }];
  });
}

const isDeleted = (attributes: string): boolean =>
  attributes !== '' && objectOf(JSON.parse(attributes)).deleted === true;

function checkConversations(evidence: Evidence, acknowledged: AcknowledgedIds): Violation[] {
  const ids = new Map<string, number[]>();
  for (const { id, custom_attributes } of evidence.stored.database.conversations) {
    const key = String(objectOf(JSON.parse(custom_attributes)).key);
    ids.set(key, [...(ids.get(key) ?? []), id]);
  }
  return sentOnce(evidence, ({ operation }) => operation === 'conversation').flatMap(({ key }) => {
    const found = ids.get(key) ?? [];
    const [told] = acknowledged.get(key) ?? [];
    if (found.length <= 1 && (told === undefined || found[0] === told)) return [];
    const text = `${key} was acknowledged as ${told ?? 'nothing'} and is stored as ${found.join(' and ') || 'nothing'}`;
    return [{ rule: 'stored once', text, about: { key, conversation: told } }];
  });
}

/** Each acknowledged contact has its session; the database has no session twice. */
function checkSessions({ stored, entries }: Evidence, acknowledged: AcknowledgedIds): Violation[] {
  const { sessions } = stored.database;
  const contacts = new Set(
    entriesOf(entries, 'send').flatMap(({ key, operation }) => (operation === 'contact' ? [key] : [])),
  );
  const wanted = [...contacts].filter((key) => acknowledged.has(key)).length;
  const isRight =
    new Set(sessions).size === sessions.length &&
    sessions.length >= wanted &&
    sessions.length <= contacts.size;
  if (isRight) return [];
  const text = `${contacts.size} sessions were asked for, ${wanted} acknowledged, and ${sessions.length} are stored`;
  return [{ rule: 'stored once', text, about: {} }];
}

/** A message that was sent after the answer to another of its conversation comes after it. */
function checkAcknowledgedOrder({ entries }: Evidence): Violation[] {
  const conversationOf = new Map<string, number>();
  /** Per conversation, the highest id that was acknowledged so far; and at the first send of each key. */
  const highest = new Map<number, number>();
  const floors = new Map<string, number>();
  const violations: Violation[] = [];
  for (const entry of entries) {
    if (entry.kind === 'send' && entry.conversation !== undefined && !floors.has(entry.key)) {
      if (entry.operation !== 'message' && entry.operation !== 'note') continue;
      conversationOf.set(entry.key, entry.conversation);
      floors.set(entry.key, highest.get(entry.conversation) ?? 0);
    }
    const conversation = entry.kind === 'acknowledge' ? conversationOf.get(entry.key) : undefined;
    if (entry.kind !== 'acknowledge' || conversation === undefined || entry.id === undefined) continue;
    const { key, id } = entry;
    const floor = floors.get(key) ?? 0;
    if (id <= floor) {
      const text = `${key} was sent after message ${floor} was acknowledged, and is ${id}, before it`;
      violations.push({ rule: 'one order', text, about: { key, conversation, message: id } });
    }
    highest.set(conversation, Math.max(id, highest.get(conversation) ?? 0));
  }
  return violations;
}
