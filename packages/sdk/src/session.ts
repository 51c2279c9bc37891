/**
 * The contact session: created once, restored after a reload, shared by the tabs of a browser, created again when the server no
 * longer has it (client-api.md sections 4 and 5.2).
 */
import type { ClientApi, ContactFields, Proof } from './client-api.ts';
import { asError, HooryError } from './errors.ts';
import { hasCrypto, randomKey } from './platform.ts';
import type { JsonStorage } from './storage.ts';
import type { ContactSession } from './wire.ts';

export type Identity = ContactFields & Proof;

/**
 * Who is signed in to the app: asked again whenever the server wants proof. `null`: nobody, so that a session of
 * somebody identified is left. Without this option a kept session is restored, whoever it belongs to.
 */
export type IdentityOption = Identity | null | (() => Identity | null | Promise<Identity | null>);

interface KeptSession {
  source_id: string;
  /** Absent until the server has answered once. */
  pubsub_token?: string;
  identifier?: string;
  /** The proof was given to a server that does not take it on create (client-api.md section 4). */
  verified?: boolean;
}

export interface SessionOptions {
  api: ClientApi;
  storage: JsonStorage;
  identity?: IdentityOption;
  /** Called when the stored session is of another customer, or is forgotten: clear all that is in memory. */
  onLeave: () => void;
}

export class Session {
  readonly #api: ClientApi;
  readonly #storage: JsonStorage;
  readonly #onLeave: () => void;
  #identity: IdentityOption | undefined;
  #opening: Promise<ContactSession> | undefined;
  #sourceId: string | undefined;

  constructor({ api, storage, identity, onLeave }: SessionOptions) {
    this.#api = api;
    this.#storage = storage;
    this.#identity = identity;
    this.#onLeave = onLeave;
  }

  /** Names the session in every path. Opens it if need be. */
  readonly sourceId = async (): Promise<string> => this.#sourceId ?? (await this.open()).source_id;

  /** Restores the kept session or opens a new one; once, however often it is called. */
  open(): Promise<ContactSession> {
    this.#opening ??= this.#storage
      .withLock('session', () => this.#restoreOrCreate())
      .catch((error) => {
        this.#opening = undefined;
        throw asError(error);
      });
    return this.#opening;
  }

  /** Fetches or creates the session again: it may be deleted, its token replaced, its proof expired. */
  reopen(): Promise<ContactSession> {
    this.#opening = undefined;
    return this.open();
  }

  /** Proves the identity of the customer. The server may move the session to the contact of that identity. */
  async identify(identity: Identity): Promise<ContactSession> {
    this.#identity = identity;
    const session = await this.reopen();
    const { identifier, identifier_hash, ...fields } = identity;
    if (Object.keys(fields).length) await this.#api.updateContact(identity);
    return session;
  }

  /** Whether the stored session is still this one: another tab may have signed out, or signed in as another customer. */
  async isCurrent(): Promise<boolean> {
    return (await this.#storage.get<KeptSession>('session'))?.source_id === this.#sourceId;
  }

  /** Forgets the session in memory, not in the storage. */
  drop(): void {
    this.#opening = undefined;
    this.#sourceId = undefined;
    this.#onLeave();
  }

  /** Forgets the session here; the server keeps it. */
  async forget(): Promise<void> {
    this.drop();
    if (typeof this.#identity !== 'function') this.#identity = undefined;
    await this.#storage.withLock('session', () => this.#leave());
  }

  /** Removes what is stored: the next customer must not send the queue of this one. */
  async #leave(): Promise<void> {
    for (const name of ['session', 'places', 'outbox']) await this.#storage.remove(name);
  }

  async #restoreOrCreate(): Promise<ContactSession> {
    const identity = typeof this.#identity === 'function' ? await this.#identity() : this.#identity;
    const kept = await this.#storage.get<KeptSession>('session');
    const usable = kept && isSame(kept, identity) ? kept : undefined;
    if (kept && !usable) {
      this.#onLeave();
      await this.#leave();
    }
    const session = (usable?.pubsub_token && !identity && (await this.#show(usable))) || undefined;
    return this.#adopt(session ?? (await this.#create(usable, identity)), usable, identity);
  }

  /** Undefined when the server no longer knows the session. */
  async #show(kept: KeptSession): Promise<ContactSession | undefined> {
    this.#sourceId = kept.source_id;
    try {
      return await this.#api.getContact();
    } catch (error) {
      if (!(error instanceof HooryError) || error.status !== 404) throw error;
      await this.#storage.remove('places');
      return undefined;
    }
  }

  /**
   * Creating with a `source_id` opens the session of that name, so the name is kept before the request is sent:
   * a lost answer then costs nothing. Where names would be easy to guess the server chooses.
   */
  async #create(usable: KeptSession | undefined, identity: Identity | null | undefined) {
    const known = identity ? usable?.source_id : usable?.pubsub_token ? undefined : usable?.source_id;
    const source_id = known ?? (hasCrypto() ? randomKey() : undefined);
    if (source_id && !known)
      await this.#storage.set('session', { source_id, identifier: identity?.identifier });
    return this.#api.createContact({ ...identity, ...(source_id && { source_id }) });
  }

  async #adopt(session: ContactSession, before: KeptSession | undefined, identity?: Identity | null) {
    this.#sourceId = session.source_id;
    const proven = before?.source_id === session.source_id && before.verified === true;
    if (identity?.identifier_hash && !proven) {
      const { identifier, identifier_hash } = identity;
      await this.#api.updateContact({ identifier, identifier_hash });
    }
    await this.#storage.set('session', {
      source_id: session.source_id,
      pubsub_token: session.pubsub_token,
      identifier: identity?.identifier ?? before?.identifier,
      verified: Boolean(identity?.identifier_hash) || before?.verified,
    } satisfies KeptSession);
    return session;
  }
}

/** An anonymous session fits any identity; an identified one fits only its own. */
function isSame(kept: KeptSession, identity: Identity | null | undefined): boolean {
  if (identity === undefined || kept.identifier === undefined) return true;
  return kept.identifier === identity?.identifier;
}
