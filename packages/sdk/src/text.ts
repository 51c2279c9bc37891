/** Cutting people's text, for screens; the one value that the client takes from the contract, typed here for its declarations. */
import { cut as cutText, firstCharacter as firstOf } from '@hoory/contract';

/** At most `most` characters (code points) of a text; nothing that people see as one character is split. */
export const cut: (text: string, most: number) => string = cutText;

/** The first character of a text as people see it; empty for an empty text. */
export const firstCharacter: (text: string) => string = firstOf;
