/** Agents: the users of an account. */
import Type, { type Static } from 'typebox';
import { FreeForm, Id, named, nullable, words } from './schema.ts';
import { Availability } from './senders.ts';

export const Role = words('administrator', 'agent');
export type Role = Static<typeof Role>;

/** A user as a member of an account (application-api.md section 4.2). */
export const Agent = named('Agent', {
  id: Id,
  account_id: nullable(Id),
  availability_status: Availability,
  auto_offline: Type.Boolean(),
  confirmed: Type.Boolean(),
  email: Type.String(),
  provider: Type.String(),
  available_name: Type.String(),
  custom_attributes: Type.Optional(FreeForm),
  name: Type.String(),
  role: Role,
  thumbnail: Type.String({ description: 'address of the avatar, or ""' }),
});
export type Agent = Static<typeof Agent>;
