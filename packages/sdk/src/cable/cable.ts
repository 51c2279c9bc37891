/** The live connection of agents and bots: a hub whose subscriptions have presence sets, which customers do not need. */
import { Hub } from './hub.ts';
import { Members } from './members.ts';

export class Cable extends Hub {
  protected override readonly createMembers = (...parts: ConstructorParameters<typeof Members>) =>
    new Members(...parts);
}
