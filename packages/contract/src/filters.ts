/** Conditions of filters, and what lists of contacts and conversations say about their pages. */
import Type, { type Static } from 'typebox';
import { fields, nullable, Scalar, words } from './schema.ts';

/** One condition of a filter on contacts or conversations (application-api.md section 6.7). */
export const FilterCondition = fields(
  {
    attribute_key: Type.String(),
    filter_operator: words(
      'equal_to',
      'not_equal_to',
      'contains',
      'does_not_contain',
      'starts_with',
      'is_present',
      'is_not_present',
      'is_greater_than',
      'is_less_than',
      'days_before',
    ),
    values: Type.Optional(Type.Array(Scalar, { description: 'any of them' })),
    query_operator: Type.Optional(
      nullable(
        Type.Unsafe<'AND' | 'OR' | 'and' | 'or' | 'nil'>({
          type: 'string',
          enum: ['AND', 'OR', 'and', 'or', 'nil'],
          description: 'joins this condition to the next; `nil` is read as null',
        }),
      ),
    ),
    custom_attribute_type: Type.Optional(nullable(Type.String())),
  },
  'FilterCondition',
);
export type FilterCondition = Static<typeof FilterCondition>;

/** The number of the page as it was asked for; a number when it was not. */
export const CurrentPage = Type.Unsafe<string | number>({ type: ['string', 'integer'] });
