/** Definitions of custom attributes (application-api.md section 4.11). */
import Type, { type Static } from 'typebox';
import { Id, IsoTime, named, nullable, words } from './schema.ts';

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
