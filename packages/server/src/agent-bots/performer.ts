/** The agent or bot that made a change, as events and activity lines name it. */
import type { EventAgentBot, EventUser } from '@hoory/contract';
import { toEventUser } from '../agents/sender.ts';
import { availableName } from '../agents/wire.ts';
import type { AccountCaller } from '../caller.ts';
import { toEventBot } from './wire.ts';

/** The `performer` of an event (cable.md section C.1). */
export const performerOf = (caller: AccountCaller): EventUser | EventAgentBot =>
  caller.kind === 'bot' ? toEventBot(caller.bot) : toEventUser(caller.user);

/** The name in an activity line. */
export const nameOf = (caller: AccountCaller): string =>
  caller.kind === 'bot' ? caller.bot.name : availableName(caller.user);
