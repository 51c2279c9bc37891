/** The address of the sign-in: where the agent wanted to go. */
import { type RawSearch, textOf } from '../route-paths.ts';

export const validateSignInSearch = (raw: RawSearch): { to?: string } => ({ to: textOf(raw.to) });
