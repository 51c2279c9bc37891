/**
 * Files and other things attached to a message, in both APIs, events and webhooks (client-api.md section 2.7, application-api.md
 * section 4.10). The server makes file and audio attachments; the other kinds are part of the wire because clients of upstream
 * know them.
 */
import Type, { type Static } from 'typebox';
import { MAX_LIST, MAX_OPAQUE } from './bounds.ts';
import { FreeForm, Id, named, nullable, words } from './schema.ts';

/** Most attachments of one message. */
export const MAX_ATTACHMENTS = 15;

/** Uploads that a message takes as attachments. */
export const BlobIds = Type.Array(
  Type.String({ maxLength: MAX_OPAQUE, description: '`blob_id` of an upload; files stand beside them' }),
  { maxItems: MAX_LIST },
);

const place = { id: Id, message_id: Id, account_id: Id };

const storedFile = {
  extension: nullable(Type.String({ description: 'without the dot' })),
  content_type: Type.String(),
  data_url: Type.String({
    description: 'absolute, signed, needs no credentials, ends in the file name; may redirect',
  }),
  thumb_url: Type.String({ description: '"" unless the file is an image' }),
  file_size: Type.Integer({ minimum: 0, description: 'bytes' }),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
};

/** A stored file. Upstream's channels have further kinds of it, such as stories. */
export const FileAttachment = named('FileAttachment', {
  ...place,
  file_type: words('image', 'video', 'file', 'share', 'story_mention', 'ig_reel', 'ig_post', 'ig_story'),
  ...storedFile,
});
export type FileAttachment = Static<typeof FileAttachment>;

/** A stored sound file; nothing is transcribed, so the text is empty. */
export const AudioAttachment = named('AudioAttachment', {
  ...place,
  file_type: Type.Literal('audio'),
  ...storedFile,
  transcribed_text: Type.String(),
});
export type AudioAttachment = Static<typeof AudioAttachment>;

/** A point on a map, without a file. */
export const LocationAttachment = named('LocationAttachment', {
  ...place,
  file_type: Type.Literal('location'),
  coordinates_lat: Type.Number(),
  coordinates_long: Type.Number(),
  fallback_title: nullable(Type.String()),
  data_url: nullable(Type.String()),
});
export type LocationAttachment = Static<typeof LocationAttachment>;

/** A link with a title, in place of a file. */
export const FallbackAttachment = named('FallbackAttachment', {
  ...place,
  file_type: Type.Literal('fallback'),
  fallback_title: nullable(Type.String()),
  data_url: nullable(Type.String()),
});
export type FallbackAttachment = Static<typeof FallbackAttachment>;

/** The card of a person. */
export const ContactAttachment = named('ContactAttachment', {
  ...place,
  file_type: Type.Literal('contact'),
  fallback_title: nullable(Type.String()),
  meta: FreeForm,
});
export type ContactAttachment = Static<typeof ContactAttachment>;

/** A page that is shown within another. */
export const EmbedAttachment = named('EmbedAttachment', {
  ...place,
  file_type: Type.Literal('embed'),
  data_url: nullable(Type.String()),
});
export type EmbedAttachment = Static<typeof EmbedAttachment>;

/** A union by `file_type`. */
export const Attachment = Type.Union(
  [
    FileAttachment,
    AudioAttachment,
    LocationAttachment,
    FallbackAttachment,
    ContactAttachment,
    EmbedAttachment,
  ],
  { title: 'Attachment' },
);
export type Attachment = Static<typeof Attachment>;
