/**
 * Labels of an account and the labels that a conversation or contact carries (application-api.md sections 4.11 and 6.10). What
 * carries a label holds its title, not its id.
 */
import Type, { type Static } from 'typebox';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import { fields, Id, named, nullable, object, ShortText } from './schema.ts';

/** A label of the account's list. */
export const Label = named('Label', {
  id: Id,
  title: Type.String({ description: 'lower-case' }),
  description: nullable(Type.String()),
  color: Type.String(),
  show_on_sidebar: nullable(Type.Boolean()),
});
export type Label = Static<typeof Label>;

const letters = '\\p{L}\\p{M}\\p{N}_';

const input = fields({
  title: Type.String({
    minLength: 2,
    maxLength: 255,
    pattern: `^\\s*[\\p{L}\\p{N}][${letters}\\s-]*[${letters}-]\\s*$`,
    description: 'two or more letters, digits, `_`, `-` or blanks, of which the first is a letter or a digit',
  }),
  description: Type.Optional(nullable(Type.String({ maxLength: 10_000 }))),
  color: Type.Optional(ShortText),
  show_on_sidebar: Type.Optional(nullable(Type.Boolean())),
});

const path = `${accountPath}/labels` as const;

export const agentLabels = endpoints({
  agentListLabels: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Labels',
    summary: 'List the labels of the account by title',
    params: accountParams,
    returns: object({ payload: Type.Array(Label) }),
  },
  agentCreateLabel: {
    method: 'POST',
    path,
    auth: 'administrator',
    root: 'label',
    tag: 'Labels',
    summary: 'Make a label',
    description:
      'The title is stored in lower case, with `-` for blanks, and is unique in the account whatever its accents: at least two ' +
      'characters of letters, digits, `_` and `-`, the first a letter or digit. Conversations, contacts and filters that ' +
      'name it in another spelling get this one.',
    params: accountParams,
    body: input,
    returns: Label,
  },
  agentGetLabel: {
    method: 'GET',
    path: `${path}/{id}`,
    auth: 'administrator',
    tag: 'Labels',
    summary: 'Read a label',
    params: recordParams,
    returns: Label,
  },
  agentUpdateLabel: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'administrator',
    root: 'label',
    tag: 'Labels',
    summary: 'Change a label',
    description: 'A new title follows through to what carries the label, in the background.',
    params: recordParams,
    body: Type.Partial(input),
    returns: Label,
  },
  agentDeleteLabel: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'administrator',
    tag: 'Labels',
    summary: 'Delete a label',
    description: 'What carries it loses it, in the background.',
    params: recordParams,
    returns: null,
  },
});
