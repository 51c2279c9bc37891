/** Canned responses: texts that agents insert by a short code (application-api.md sections 4.11 and 6.10). */
import Type, { type Static } from 'typebox';
import { MAX_QUERY } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { FilledText, fields, filledText, Id, IsoTime, named } from './schema.ts';

/** A text with the short code that finds it, unique in the account. */
export const CannedResponse = named('CannedResponse', {
  id: Id,
  account_id: Id,
  short_code: Type.String(),
  content: Type.String(),
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type CannedResponse = Static<typeof CannedResponse>;

const input = fields({
  short_code: FilledText,
  content: filledText(150_000),
});

const path = `${accountPath}/canned_responses` as const;

export const agentCannedResponses = endpoints({
  agentListCannedResponses: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Canned responses',
    summary: 'List or search the canned responses',
    description:
      'With `search`, those whose short code or text contains it: short codes that begin with it first, then those that ' +
      'contain it, then the rest. In each by short code.',
    params: accountParams,
    query: fields({ search: Type.Optional(Type.String({ maxLength: MAX_QUERY })) }),
    returns: Type.Array(CannedResponse),
  },
  agentCreateCannedResponse: {
    method: 'POST',
    path,
    auth: 'agent',
    root: 'canned_response',
    tag: 'Canned responses',
    summary: 'Keep a canned response',
    description: 'The short code is unique in the account.',
    params: accountParams,
    body: input,
    returns: CannedResponse,
  },
  agentUpdateCannedResponse: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'agent',
    root: 'canned_response',
    tag: 'Canned responses',
    summary: 'Change a canned response',
    params: recordParams,
    body: Type.Partial(input),
    returns: CannedResponse,
  },
  agentDeleteCannedResponse: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Canned responses',
    summary: 'Delete a canned response',
    params: recordParams,
    returns: null,
  },
});
