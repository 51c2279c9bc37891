/** A question that is asked of a filled account, and the scene in which it is asked. */
import type { Endpoint, Input } from '@hoory/contract';
import type { Ask } from './account.ts';
import { type Call, toCall } from './call.ts';
import type { Random } from './random.ts';
import type { SampledConversation, Site } from './site.ts';

/**
 * Its expected growth. Writes, first pages and counters cost the same however much is stored; other reads may cost more,
 * within the bounds that hold for all.
 */
export type QuestionKind = 'write' | 'first page' | 'counter' | 'read';

export interface Scene {
  site: Site;
  random: Random;
  /** How often the question was asked before. */
  turn: number;
  /** A conversation, another one in each turn. */
  sample: SampledConversation;
  /** A member of all inboxes, another one in each turn. */
  agent: Site['agents'][number];
  /** Sends requests that prepare the question and are not measured. */
  ask: Ask;
}

export interface Question {
  name: string;
  kind: QuestionKind;
  endpoint: Endpoint;
  /** How often it is asked at most, where that is less than the others are; 1: it cannot be asked before it counts. */
  turns?: number;
  toCall(scene: Scene): Promise<Call>;
}

/** The caller: an administrator, the agent of the scene, or a customer. */
export type Asker = 'administrator' | 'agent' | 'customer';

type Given<E extends Endpoint> = Omit<Input<E>, 'account_id'> & object;

export interface Asked<E extends Endpoint> {
  input?: (scene: Scene) => Given<E> | Promise<Given<E>>;
  as?: Asker;
  turns?: number;
}

/** States a question to an endpoint. The account is added to what is asked. */
export const question =
  <E extends Endpoint>(endpoint: E) =>
  (kind: QuestionKind, name: string, { input, as = 'agent', turns }: Asked<E> = {}): Question => ({
    kind,
    name,
    endpoint,
    ...(turns !== undefined && { turns }),
    toCall: async (scene) => {
      const { account_id, administrator } = scene.site;
      const token = { administrator: administrator.token, agent: scene.agent.token, customer: undefined }[as];
      const account = endpoint.path.includes('{account_id}') ? { account_id } : {};
      return toCall(endpoint, { ...account, ...(await input?.(scene)) }, token);
    },
  });

/** The conversation of a scene, as agents name it. */
export const conversationOf = ({ sample }: Scene) => ({ conversation_id: sample.id });

/** The contact of a scene, as agents name it. */
export const contactOf = ({ sample }: Scene) => ({ id: sample.contact_id });

/** The session of a scene, as the Client API names it. */
export const sessionOf = ({ sample }: Pick<Scene, 'sample'>) => ({
  inbox_identifier: sample.inbox_identifier,
  contact_identifier: sample.source_id,
});
