/** Events of the account, as store, state and typing take them. */
import type { AgentEvents, EventOf } from '@hoory/client';

/** One event: comparing `event` with a name tells the type of `data`. */
export type DeskEvent = EventOf<AgentEvents>;
