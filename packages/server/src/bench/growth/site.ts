/** Ids, tokens and samples with which requests to a filled account are made. They are kept as `growth.json` in the data folder. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Customer = Type.Object({
  inbox_identifier: Type.String(),
  /** Names the session. */
  source_id: Type.String(),
  contact_id: Type.Integer(),
});
/** A customer with a session, as the Client API and agents name it. */
export type Customer = Static<typeof Customer>;

const SampledConversation = Type.Object({
  ...Customer.properties,
  /** Display id. */
  id: Type.Integer(),
  uuid: Type.String(),
});
export type SampledConversation = Static<typeof SampledConversation>;

const Site = Type.Object({
  /** Messages that people wrote; activity lines and surveys come on top. */
  messages: Type.Integer(),
  account_id: Type.Integer(),
  administrator: Type.Object({ id: Type.Integer(), token: Type.String() }),
  agents: Type.Array(Type.Object({ id: Type.Integer(), token: Type.String() })),
  inboxes: Type.Array(Type.Object({ id: Type.Integer(), identifier: Type.String() })),
  teams: Type.Array(Type.Integer()),
  labels: Type.Array(Type.String()),
  /** Milliseconds since 1970 at which the fill ends; it begins a year before. */
  ends_at: Type.Integer(),
  webhooks: Type.Object({ answering: Type.Integer(), refusing: Type.Integer(), dead: Type.Integer() }),
  /** Holds a twentieth of all messages. */
  long_conversation: SampledConversation,
  /** Has a thousand conversations, whatever the size. */
  busy_customer: Customer,
  /** Spread over the whole year. */
  samples: Type.Array(SampledConversation),
  /** UUIDs of conversations whose customer was asked how it went. */
  surveys: Type.Array(Type.String()),
});
export type Site = Static<typeof Site>;

const site = Compile(Site);
const fileIn = (folder: string) => join(folder, 'growth.json');

export const saveSite = (folder: string, filled: Site): void =>
  writeFileSync(fileIn(folder), JSON.stringify(filled));

/** The site of a folder that was filled to its end; undefined for any other folder. @throws Error for a changed file */
export function loadSite(folder: string): Site | undefined {
  if (!existsSync(fileIn(folder))) return undefined;
  const kept: unknown = JSON.parse(readFileSync(fileIn(folder), 'utf8'));
  if (site.Check(kept)) return kept;
  throw new Error(`${fileIn(folder)} was written by another version: remove ${folder} to fill it anew`);
}
