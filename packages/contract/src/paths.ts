/** Parts that the paths of many endpoints share: the bases of both APIs, their parameters, proof of identity, paging. */
import Type from 'typebox';
import { MAX_OPAQUE, MAX_PAGE } from './bounds.ts';
import { fields, Id, idOf, nullable, shortText } from './schema.ts';

/** Base of the Client API (client-api.md section 1). */
export const inboxPath = '/public/api/v1/inboxes/{inbox_identifier}';
/** A session of a customer; the `source_id` in the path is the credential. */
export const sessionPath = `${inboxPath}/contacts/{contact_identifier}` as const;

/** A conversation of a session. */
export const sessionConversationPath = `${sessionPath}/conversations/{conversation_id}` as const;

/** Base of the agent API; `~` in application-api.md. */
export const accountPath = '/api/v1/accounts/{account_id}';

/** Path parameters of `inboxPath`. */
export const inboxKeys = { inbox_identifier: shortText('identifier of the API inbox') };
/** Path parameters of `sessionPath`. */
export const sessionKeys = {
  ...inboxKeys,
  contact_identifier: shortText('`source_id` of the contact session'),
};
/** Path parameters of `sessionConversationPath`. */
export const sessionConversationKeys = {
  ...sessionKeys,
  conversation_id: idOf('display id; what is not a number is not found'),
};
/** Path parameters of `accountPath`. */
export const accountKeys = { account_id: Id };

/** `inboxKeys` as `params` of an endpoint. */
export const inboxParams = fields(inboxKeys);
/** `sessionKeys` as `params` of an endpoint. */
export const sessionParams = fields(sessionKeys);
/** `accountKeys` as `params` of an endpoint. */
export const accountParams = fields(accountKeys);
/** A conversation as agents reach it. */
export const conversationPath = `${accountPath}/conversations/{conversation_id}` as const;
/** Path parameters of `conversationPath`. */
export const conversationKeys = {
  ...accountKeys,
  conversation_id: idOf('display id'),
};
/** A record of the account, by its own id. */
export const recordParams = fields({ ...accountKeys, id: Id });

/**
 * Proof of identity (client-api.md section 4): accepted by every endpoint of a session, in the query or the body, and
 * required there under the inbox policy `enforce` until the session is verified.
 */
export const proofKeys = {
  identifier: Type.Optional(
    Type.String({ maxLength: 255, description: 'id of the person in your own system' }),
  ),
  identifier_hash: Type.Optional(
    Type.String({
      maxLength: MAX_OPAQUE,
      description: 'lower-case hex of HMAC-SHA256 of `identifier` with the HMAC token of the inbox',
    }),
  ),
};
/** `proofKeys` as the query of an endpoint. */
export const proof = fields(proofKeys);

/**
 * Which page of a list: its number, from 1, or a cursor. By cursor a page costs the same however deep it is, and what comes,
 * moves or goes meanwhile makes no other row come twice or be left out.
 */
export const paging = {
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_PAGE, description: '0 is read as 1' })),
  cursor: Type.Optional(
    Type.String({
      maxLength: MAX_OPAQUE,
      description:
        'the `next_cursor` of the page before, in the place of `page`, with everything else asked as before; ' +
        'one of another list or order is refused with 422',
    }),
  ),
};

/** Beside what a page holds. */
export const pagingMeta = {
  next_cursor: Type.Optional(
    nullable(Type.String({ description: 'the `cursor` of the next page; null after the last' })),
  ),
};
