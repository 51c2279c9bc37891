/**
 * Definitions of the custom attributes of conversations and contacts (application-api.md sections 4.11 and 6.11). Values are
 * checked against their definition, which upstream does not do (section 10).
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST, MAX_TEXT } from './bounds.ts';
import { endpoints } from './endpoint.ts';
import { accountParams, accountPath, recordParams } from './paths.ts';
import {
  FilledText,
  fields,
  Id,
  IsoTime,
  LongText,
  named,
  nullable,
  ShortText,
  wordOrNumber,
  words,
} from './schema.ts';

/** In the order of their numbers, from 0. */
export const AttributeModel = words('conversation_attribute', 'contact_attribute');
export type AttributeModel = Static<typeof AttributeModel>;

/** In the order of their numbers, from 0. */
export const AttributeDisplayType = words(
  'text',
  'number',
  'currency',
  'percent',
  'link',
  'date',
  'list',
  'checkbox',
);
export type AttributeDisplayType = Static<typeof AttributeDisplayType>;

/** The type of value that a key of `custom_attributes` may hold, and how it is shown. */
export const CustomAttributeDefinition = named('CustomAttributeDefinition', {
  id: Id,
  attribute_display_name: Type.String(),
  attribute_display_type: AttributeDisplayType,
  attribute_description: nullable(Type.String()),
  attribute_key: Type.String(),
  regex_pattern: nullable(Type.String()),
  regex_cue: nullable(Type.String()),
  attribute_values: Type.Array(Type.String()),
  attribute_model: AttributeModel,
  default_value: nullable(Type.Integer()),
  created_at: IsoTime,
  updated_at: IsoTime,
});
export type CustomAttributeDefinition = Static<typeof CustomAttributeDefinition>;

const ModelInput = wordOrNumber(AttributeModel);
const DisplayTypeInput = wordOrNumber(AttributeDisplayType);

const input = fields({
  attribute_display_name: FilledText,
  attribute_display_type: Type.Optional(DisplayTypeInput),
  attribute_description: Type.Optional(nullable(LongText)),
  attribute_key: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[\\p{L}\\p{M}\\p{N}_.-]+$',
    description: 'letters of any script',
  }),
  attribute_model: Type.Optional(ModelInput),
  attribute_values: Type.Optional(
    Type.Array(ShortText, {
      maxItems: MAX_LIST,
      description: 'what a `list` may hold; any text where it is empty',
    }),
  ),
  regex_pattern: Type.Optional(
    nullable(Type.String({ maxLength: MAX_TEXT, description: 'of a `text`: `^a$`, or `/^a$/i` with flags' })),
  ),
  regex_cue: Type.Optional(nullable(LongText)),
});

const path = `${accountPath}/custom_attribute_definitions` as const;

export const agentCustomAttributes = endpoints({
  agentListCustomAttributes: {
    method: 'GET',
    path,
    auth: 'agent',
    tag: 'Custom attributes',
    summary: 'List the definitions of custom attributes',
    params: accountParams,
    query: fields({ attribute_model: Type.Optional(ModelInput) }),
    returns: Type.Array(CustomAttributeDefinition),
  },
  agentGetCustomAttribute: {
    method: 'GET',
    path: `${path}/{id}`,
    auth: 'agent',
    tag: 'Custom attributes',
    summary: 'Read a definition',
    params: recordParams,
    returns: CustomAttributeDefinition,
  },
  agentCreateCustomAttribute: {
    method: 'POST',
    path,
    auth: 'administrator',
    root: 'custom_attribute_definition',
    tag: 'Custom attributes',
    summary: 'Define a custom attribute',
    params: accountParams,
    body: input,
    returns: CustomAttributeDefinition,
  },
  agentUpdateCustomAttribute: {
    method: 'PATCH',
    path: `${path}/{id}`,
    auth: 'administrator',
    root: 'custom_attribute_definition',
    tag: 'Custom attributes',
    summary: 'Change a definition',
    params: recordParams,
    body: Type.Partial(input),
    returns: CustomAttributeDefinition,
  },
  agentDeleteCustomAttribute: {
    method: 'DELETE',
    path: `${path}/{id}`,
    auth: 'administrator',
    tag: 'Custom attributes',
    summary: 'Delete a definition',
    params: recordParams,
    returns: null,
    status: 204,
  },
});
