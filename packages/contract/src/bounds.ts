/** Limits on input, each written once. The server refuses what exceeds them; the printed documents show them. */

/**
 * Bounds of a free-form object (attributes, settings, `content_attributes`, `submitted_values`, the `query` of a filter),
 * of what is stored after merging.
 */
export const FREE_FORM = {
  /** UTF-8 bytes of the JSON text. */
  maxBytes: 64 * 1024,
  /** Keys of each object, at every level. */
  maxKeys: 200,
  /** Levels of objects and lists; the object itself is the first. */
  maxLevels: 8,
  /** Characters of a key. */
  maxKeyLength: 255,
} as const;

/**
 * UTF-8 bytes of each attribute object of a contact where the contact stands inside something else (sender of a message,
 * `meta.sender`, event, webhook) or in a list. Answers and events about one contact carry all of it.
 */
export const MAX_NESTED_ATTRIBUTES = 8 * 1024;

/** Key with the value `true` in a free-form object that was cut for an answer or event; it cannot be stored. */
export const TRUNCATED = '_truncated';

/** Levels of objects and lists in a body: the deepest free-form object, with room for what stands around it. */
export const MAX_BODY_LEVELS = 32;

/** Entries of a list of ids or words. */
export const MAX_LIST = 1000;

/** Labels of one conversation or contact, also after adding and merging. */
export const MAX_LABELS = 200;

/** Sessions of a contact in an answer: the newest ones. */
export const MAX_CONTACT_INBOXES = 100;

/** Last second of the year 9999. */
export const MAX_UNIX_SECONDS = 253_402_300_799;

/** Page of a list by its number. */
export const MAX_PAGE = 1_000_000_000;

/** Characters of a name that is cut where it is stored. */
export const MAX_NAME = 150_000;

/** Characters of a text that is searched for. */
export const MAX_QUERY = 1000;

/** Characters of opaque text that the server gave out: cursors, tokens. */
export const MAX_OPAQUE = 16_384;

/** Characters of a description or a note of the account's own. */
export const MAX_TEXT = 10_000;
