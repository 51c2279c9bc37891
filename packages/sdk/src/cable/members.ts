/** The presence set of a subscription (cable.md section D.5): its members, and this client's own one, joined again after every break. */
import type { ClientCommand, PresenceFrame, PresenceMember } from '../wire.ts';

export type CreateMembers = (...parts: ConstructorParameters<typeof Members>) => Members;

export class Members {
  readonly #send: (command: ClientCommand) => void;
  readonly #changed: (members: readonly PresenceMember[]) => void;
  readonly #all = new Map<string, PresenceMember>();
  #own: PresenceMember | undefined;
  #isRequested = false;

  constructor(send: (command: ClientCommand) => void, changed: (members: readonly PresenceMember[]) => void) {
    this.#send = send;
    this.#changed = changed;
  }

  /** Replaces the own member: a session has at most one member in a set. */
  join(identifier: string, member: PresenceMember | undefined): void {
    if (this.#own) this.#send({ command: 'leave', identifier });
    this.#own = member;
    this.#request(identifier);
  }

  /** Joins again after a break, once the subscription is live. */
  live(identifier: string): void {
    if (this.#isRequested) this.#request(identifier);
  }

  handleFrame({ message }: PresenceFrame): void {
    if (message.type === 'info') {
      this.#all.clear();
      for (const member of message.records ?? []) this.#all.set(member.id, member);
    } else if (message.type === 'join') this.#all.set(message.id, { id: message.id, info: message.info });
    else if (message.type === 'leave') this.#all.delete(message.id);
    else return;
    this.#changed([...this.#all.values()]);
  }

  #request(identifier: string): void {
    this.#isRequested = true;
    if (this.#own) this.#send({ command: 'join', identifier, presence: this.#own });
    this.#send({ command: 'presence', identifier, data: { return_records: true } });
  }
}
