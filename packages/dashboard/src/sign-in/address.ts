/** The address of the sign-in: the page that the agent wanted to open. */
import { type RawSearch, textOf } from '../route-paths.ts';

export const validateSignInSearch = (raw: RawSearch): { to?: string } => ({ to: textOf(raw.to) });
