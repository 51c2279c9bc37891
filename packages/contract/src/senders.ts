/**
 * The three kinds of senders and performers in messages and events: contact, user, agent bot (client-api.md section 2.6,
 * cable.md section C.2). They are told apart by `type`. A contact never has a `pubsub_token` here, because it opens a socket
 * (cable.md section E).
 */
import Type, { type Static } from 'typebox';
import { FreeForm, Id, named, nullable, words } from './schema.ts';

/** The availability that others see. It is `offline` also when nobody has seen the agent's socket lately. */
export const Availability = words('online', 'busy', 'offline');
export type Availability = Static<typeof Availability>;

/** Keys of a contact in events; `events.ts` adds what belongs to one event. */
export const eventContactKeys = {
  additional_attributes: FreeForm,
  custom_attributes: FreeForm,
  email: nullable(Type.String()),
  id: Id,
  identifier: nullable(Type.String()),
  name: Type.String(),
  phone_number: nullable(Type.String()),
  thumbnail: Type.String({ description: 'address of the avatar, or ""' }),
  blocked: Type.Boolean(),
  type: Type.Literal('contact'),
};

/** A customer as sender. */
export const EventContact = named('EventContact', eventContactKeys);
export type EventContact = Static<typeof EventContact>;

/** An agent as sender or performer. */
export const EventUser = named('EventUser', {
  id: Id,
  name: Type.String(),
  available_name: Type.String({ description: 'the display name if set, else the name' }),
  avatar_url: Type.String({ description: 'address of the avatar, or ""' }),
  type: Type.Literal('user'),
  availability_status: nullable(Availability),
  thumbnail: Type.String(),
});
export type EventUser = Static<typeof EventUser>;

/** A bot as sender or performer. */
export const EventAgentBot = named('EventAgentBot', {
  id: Id,
  name: Type.String(),
  avatar_url: Type.String({ description: 'address of the avatar, or ""' }),
  type: Type.Literal('agent_bot'),
});
export type EventAgentBot = Static<typeof EventAgentBot>;

/** A union by `type`. */
export const Sender = Type.Union([EventContact, EventUser, EventAgentBot], { title: 'Sender' });
export type Sender = Static<typeof Sender>;

/** Name of the kind of sender beside `sender_id`. */
export const SenderType = words('Contact', 'User', 'AgentBot');
export type SenderType = Static<typeof SenderType>;
