/** Teams (application-api.md section 4.11). */
import Type, { type Static } from 'typebox';
import { Id, IsoTime, named, nullable } from './schema.ts';

export const Team = named('Team', {
  id: Id,
  name: Type.String({ description: 'lower-case' }),
  description: nullable(Type.String()),
  allow_auto_assign: Type.Boolean(),
  account_id: Id,
  is_member: Type.Boolean({ description: 'the caller belongs to it' }),
});
export type Team = Static<typeof Team>;

/** The stored row, as the answer to an assignment shows it (application-api.md section 6.8). */
export const TeamRow = named('TeamRow', {
  id: Id,
  name: Type.String(),
  description: nullable(Type.String()),
  allow_auto_assign: Type.Boolean(),
  account_id: Id,
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type TeamRow = Static<typeof TeamRow>;

export const EventTeam = named('EventTeam', { id: Id, name: Type.String() });
export type EventTeam = Static<typeof EventTeam>;
