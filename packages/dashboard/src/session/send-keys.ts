/** The keys that send a message, as the agent has chosen them on this device. */
import { readStored, writeStored } from './storage.ts';

/** `enter` sends with Enter alone; `mod` only with Ctrl or Command and Enter, so that Enter begins a new line. */
export type SendKeys = 'enter' | 'mod';

export const readSendKeys = (): SendKeys => (readStored('sendWith') === 'mod' ? 'mod' : 'enter');

export const storeSendKeys = (keys: SendKeys): void => writeStored('sendWith', keys);
