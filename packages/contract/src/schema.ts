/**
 * Building blocks of all schemas: objects, nullable values, words, ids, times, texts with their limits. Objects of the API are
 * in files of their own. Keys that a function adds to plain JSON Schema is printed or stripped by `components.ts`.
 */
import Type, {
  type Static,
  type TInteger,
  type TObject,
  type TProperties,
  type TSchema,
  type TString,
  type TUnsafe,
} from 'typebox';
import { FREE_FORM, MAX_LABELS, MAX_LIST, MAX_OPAQUE, MAX_TEXT, MAX_UNIX_SECONDS } from './bounds.ts';

/** The keywords of JSON Schema that the contract uses, as the functions that print or change a schema read them. */
export type JsonSchema = {
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  const?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  contentSchema?: JsonSchema;
  /** Of `printedAs`. */
  printedAs?: JsonSchema;
};

/** The fields that an endpoint reads. Other keys are ignored, not refused (client-api.md section 5.2). */
export function fields<P extends TProperties>(properties: P, title?: string): TObject<P> {
  return Type.Object(properties, title === undefined ? {} : { title });
}

/** An object with exactly these keys. */
export function object<P extends TProperties>(properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...(description && { description }) });
}

/**
 * As `object`, with a name under which OpenAPI lists it. The name is the schema's `title`: an `$id` would make
 * validators and serialisers take each place that embeds the object for another definition of the same id.
 */
export function named<P extends TProperties>(
  name: string,
  properties: P,
  options?: { description?: string; examples?: unknown[] },
): TObject<P> {
  return Type.Object(properties, { title: name, additionalProperties: false, ...options });
}

/**
 * The same value or null. A plain type becomes a list of two types, which the serialiser reads without trying
 * one alternative after the other.
 */
export function nullable<T extends TSchema>(schema: T): TUnsafe<Static<T> | null> {
  const { type, enum: words, ...rest }: JsonSchema = schema;
  if (typeof type !== 'string') {
    return Type.Unsafe<Static<T> | null>({ anyOf: [{ type: 'null' }, schema] });
  }
  return Type.Unsafe<Static<T> | null>({
    type: [type, 'null'],
    ...(words && { enum: [...words, null] }),
    ...rest,
  });
}

/**
 * A schema that the documents print as another: what a client should send, where the server takes more spellings than that
 * for the sake of older clients. The description of `printed` tells the others, so that nothing is taken in secret.
 * Clients that are made from the documents then have one type for the field.
 */
export function printedAs<T extends TSchema>(schema: T, printed: TSchema): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ ...schema, printedAs: printed });
}

/** The schema as the documents print it. */
export function printedSchemaOf(schema: TSchema): JsonSchema {
  const keywords: JsonSchema = schema;
  return keywords.printedAs ?? keywords;
}

/** Where a page of the Client API ends; text is taken as well, for the sake of older clients (client-api.md 5.11). */
export const beforeId = (what: string): TUnsafe<number | string> =>
  printedAs(
    Type.Unsafe<number | string>({ type: ['integer', 'string'], maxLength: 255 }),
    Type.Integer({ description: `only ${what} with a lower id; what is not a number counts as 0` }),
  );

/** Null for ever: what other servers hold there has no meaning here. The documents say its type there, which clients need. */
export const alwaysNull = (schema: TSchema, description = 'always null'): TUnsafe<null> =>
  printedAs(Type.Null(), nullable({ ...schema, description }));

/** A schema of one word of a list, which it holds as `enum`. */
export type Words<W extends string> = TUnsafe<W> & { enum: W[] };

/** One of these words. */
export function words<const W extends string>(...list: readonly W[]): Words<W> {
  return Object.assign(Type.Unsafe<W>({ type: 'string' }), { enum: [...list] });
}

/** One of these words, or its place among them from 0, as older clients send it. */
export function wordOrNumber<W extends string>(schema: Words<W>): TUnsafe<W | number> {
  return printedAs(Type.Union([schema, Type.Integer({ minimum: 0, maximum: schema.enum.length - 1 })]), {
    ...schema,
    description: 'also its place among them, from 0',
  });
}

/** The word that was sent as itself or as its place, which its schema has checked. */
export function toWord<W extends string>(schema: Words<W>, sent: W | number): W {
  const word = typeof sent === 'number' ? schema.enum[sent] : sent;
  if (word === undefined) throw new RangeError(`there is no word ${sent}`);
  return word;
}

/**
 * An object whose keys the caller chooses: attributes, settings. JSON Schema has no word for the bytes, the levels and the
 * keys of inner objects, which are bounded as well (`FREE_FORM`).
 */
const freeForm = {
  type: 'object',
  additionalProperties: true,
  maxProperties: FREE_FORM.maxKeys,
  propertyNames: { maxLength: FREE_FORM.maxKeyLength },
} as const;
export const FreeForm = Type.Unsafe<Record<string, unknown>>(freeForm);

/** As `FreeForm`, with a word on the keys that the server reads. */
export const freeFormWith = (description: string): TUnsafe<Record<string, unknown>> =>
  Type.Unsafe<Record<string, unknown>>({ ...freeForm, description });

/** A value of a form field or a filter. */
export const Scalar = printedAs(
  Type.Unsafe<string | number | boolean | null>({
    type: ['string', 'number', 'boolean', 'null'],
    maxLength: FREE_FORM.maxBytes,
  }),
  Type.Unsafe({ title: 'Scalar', type: ['string', 'number', 'boolean'], maxLength: FREE_FORM.maxBytes }),
);

/**
 * A whole number that JSON bodies may also hold as text: ids and unix seconds (application-api.md sections 1.2 and 8). Its
 * format marks it.
 */
const long = (minimum: number, maximum: number, description?: string): TInteger =>
  Type.Integer({ format: 'int64', minimum, maximum, ...(description && { description }) });

/** A whole number as text: a regular expression for digits, no more of them than stay below the maximum. */
export const longAsText = ({ minimum, maximum }: { minimum?: number; maximum?: number }): string =>
  `^${minimum ? '[1-9]' : '[0-9]'}[0-9]{0,${String(maximum).length - 2}}$`;

/** Database key or display id. */
export const Id = long(0, Number.MAX_SAFE_INTEGER);

/** As `Id`, with a word on its meaning. */
export const idOf = (description: string): TInteger => long(0, Number.MAX_SAFE_INTEGER, description);

/** Unix seconds up to the year 9999, which refuses milliseconds; 0 stands for "never" where the contract says so. */
export const UnixSeconds = long(0, MAX_UNIX_SECONDS, 'unix seconds');

/** As `UnixSeconds`, with more on its meaning. */
export const unixSeconds = (meaning: string): TInteger =>
  long(0, MAX_UNIX_SECONDS, `unix seconds; ${meaning}`);

/** As `UnixSeconds`, where 0 is no time. */
export const FilledUnixSeconds = long(1, MAX_UNIX_SECONDS, 'unix seconds');

/** ISO 8601, UTC, with milliseconds. */
export const IsoTime = Type.String({ format: 'date-time' });

/** A string column: at most 255 characters. */
export const ShortText = Type.String({ maxLength: 255 });

/** At least one character that is no blank. */
const filled = { minLength: 1, pattern: '\\S' };

/** As `ShortText`, and not blank. */
export const FilledText = Type.String({ ...filled, maxLength: 255 });

/** Not blank, with at most that many characters. */
export const filledText = (maxLength: number): TString => Type.String({ ...filled, maxLength });

/** As `ShortText`, with a word on its meaning. */
export const shortText = (description: string): TString => Type.String({ maxLength: 255, description });

/** A description or a pattern of the account's own. */
export const LongText = Type.String({ maxLength: MAX_TEXT });

/** A password or a token: compared as it came. */
export const Secret = Type.String({ maxLength: MAX_OPAQUE });

/** As `Secret`, and not empty. */
export const FilledSecret = Type.String({ minLength: 1, maxLength: MAX_OPAQUE });

/** Ids in a request. */
export const Ids = Type.Array(Id, { maxItems: MAX_LIST });

/** Titles of labels in a request; what carries labels has no more of them. */
export const LabelTitles = Type.Array(ShortText, { maxItems: MAX_LABELS });

const webAddress = '[Hh][Tt][Tt][Pp][Ss]?://\\S+';

/** An http(s) address that the server calls, or blank for none: at most 2048 characters (application-api.md section 6.5). */
export const WebAddress = Type.String({
  maxLength: 2048,
  pattern: `^\\s*(${webAddress})?\\s*$`,
  description: 'an http or https address',
});

/** As `WebAddress`, and not blank. */
export const FilledWebAddress = Type.String({
  minLength: 1,
  maxLength: 2048,
  pattern: `^\\s*${webAddress}\\s*$`,
  description: 'an http or https address',
});

/** The address of a picture that is fetched later. */
export const PictureAddress = Type.String({
  maxLength: 2048,
  description: 'ignored unless it is an http or https address',
});

/** E-mail address, or blank where blank means "not given". */
export const Email = Type.String({ maxLength: 255, pattern: '^(\\s*|[^@\\s]+@[^@\\s]+)$' });

/** E-mail address. */
export const FilledEmail = Type.String({
  minLength: 3,
  maxLength: 255,
  pattern: '^\\s*[^@\\s]+@[^@\\s]+\\s*$',
});

/** E.164 number with its plus sign, or blank where blank means "not given". */
export const PhoneNumber = Type.String({ maxLength: 255, pattern: '^(\\s*|\\+[1-9][0-9]{1,14})$' });
