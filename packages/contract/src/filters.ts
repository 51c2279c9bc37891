/**
 * Conditions of the filters on contacts and conversations, and the page number that such lists answer with (application-api.md
 * sections 6.7 and 6.8).
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST } from './bounds.ts';
import { fields, nullable, Scalar, ShortText } from './schema.ts';

/** How a condition compares an attribute with its values. */
export type FilterOperator =
  | 'equal_to'
  | 'not_equal_to'
  | 'contains'
  | 'does_not_contain'
  | 'starts_with'
  | 'is_present'
  | 'is_not_present'
  | 'is_greater_than'
  | 'is_less_than'
  | 'days_before';

/**
 * One condition of a filter on contacts or conversations (application-api.md section 6.7). Its words are no `enum`: what
 * an attribute cannot be compared by is refused as one sentence, `{"error": ...}`, known word or not.
 */
export const FilterCondition = fields(
  {
    attribute_key: ShortText,
    filter_operator: Type.Unsafe<FilterOperator>({
      type: 'string',
      maxLength: 255,
      description:
        '`equal_to`, `not_equal_to`, `contains`, `does_not_contain`, `starts_with`, `is_present`, `is_not_present`, ' +
        '`is_greater_than`, `is_less_than` or `days_before`, as far as the kind of the attribute has it',
    }),
    values: Type.Optional(Type.Array(Scalar, { maxItems: MAX_LIST, description: 'any of them' })),
    query_operator: Type.Optional(
      nullable(
        Type.Unsafe<'AND' | 'OR' | 'and' | 'or' | 'nil'>({
          type: 'string',
          maxLength: 255,
          description: '`AND` or `OR` joins this condition to the next; `nil` is read as null',
        }),
      ),
    ),
    custom_attribute_type: Type.Optional(nullable(ShortText)),
  },
  'FilterCondition',
);
export type FilterCondition = Static<typeof FilterCondition>;

/** The number of the page as it was asked for; a number when it was not. */
export const CurrentPage = Type.Unsafe<string | number>({
  title: 'CurrentPage',
  type: ['string', 'integer'],
});
