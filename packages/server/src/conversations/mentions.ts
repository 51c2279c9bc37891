/** Mentions in private notes: mentioned agents become participants and are notified (application-api.md section 7). */
import { listMembers } from '../agents/store.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db/db.ts';
import type { MessageRow } from '../db/tables.ts';
import { conversationEvent, eventsNamed } from '../events/domain-events.ts';
import { emit, streamOf } from '../events/emit.ts';
import type { Listener } from '../events/listeners.ts';
import { toConversationEvent } from '../messages/emit-events.ts';
import { lockConversation } from '../messages/loaded-conversation.ts';
import { findTeams, listTeamMemberIds } from '../teams/store.ts';
import { filterInboxReaders } from './participants.ts';
import { insertMention } from './store-mentions.ts';
import { insertParticipants } from './store-participants.ts';

const pattern = /\(mention:\/\/(user|team)\/(\d{1,15})\/[^)]*\)/g;

/** The ids of users and teams that a note mentions. */
export function mentionsIn(content: string): { users: number[]; teams: number[] } {
  const found = [...content.matchAll(pattern)];
  const idsOf = (kind: string) => [
    ...new Set(found.filter((one) => one[1] === kind).map((one) => Number(one[2]))),
  ];
  return { users: idsOf('user'), teams: idsOf('team') };
}

/** The listener that adds participants and notifies `conversation_mentioned`, before later listeners handle the note. */
export const followMentions = (app: App): Listener => ({
  handle: async (tx, events) => {
    for (const { detail } of eventsNamed(events, 'message_created'))
      if (detail.message.private) await follow(app, tx, detail.message);
  },
});

async function follow(app: App, tx: Tx, message: MessageRow): Promise<void> {
  const { users, teams } = mentionsIn(message.content ?? '');
  if (!users.length && !teams.length) return;
  const mentioned = [...new Set([...users, ...(await membersOf(tx, message, teams))])];
  const user_ids = (await filterInboxReaders(tx, message, mentioned)).filter(
    (id) => message.sender_type !== 'User' || id !== message.sender_id,
  );
  if (!user_ids.length) return;
  const loaded = await lockConversation(tx, message.conversation_id);
  await insertParticipants(app, tx, loaded.conversation, user_ids);
  for (const user_id of user_ids) await insertMention(tx, message, user_id);
  emit(tx, 'conversation.mentioned', [
    {
      streams: user_ids.map((id) => streamOf.member(message.account_id, id)),
      data: toConversationEvent(app, loaded),
    },
  ]);
  const detail = { message, user_ids };
  await app.listeners.notify(tx, [conversationEvent('conversation_mentioned', loaded.conversation, detail)]);
}

/** Members of those teams that belong to the message's account. */
async function membersOf(tx: Tx, { account_id }: MessageRow, ids: readonly number[]): Promise<number[]> {
  const teams = [...(await findTeams(tx, ids)).values()].filter((team) => team.account_id === account_id);
  const members: number[] = [];
  for (const { id } of teams) members.push(...(await listTeamMemberIds(tx, id)));
  return (await listMembers(tx, account_id, members)).map(({ id }) => id);
}
