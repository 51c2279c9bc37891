/** The attachments of a message: pictures, sound, video, places, contacts, and links to all other files. */
import type { AgentMessage, Attachment } from '@hoory/client';
import { Contact as ContactIcon, FileImage, FileText, MapPin } from 'lucide-react';
import { useConversationWords } from '../words.ts';

/** All attachments below each other. */
export function Attachments({ message }: { message: AgentMessage }) {
  if (!message.attachments?.length) return null;
  return (
    <div className="flex flex-col gap-1.5 py-1">
      {message.attachments.map((one) => (
        <AttachmentView key={one.id} attachment={one} />
      ))}
    </div>
  );
}

/** One attachment by its type; a file without an address is left out. */
function AttachmentView({ attachment }: { attachment: Attachment }) {
  const t = useConversationWords();
  switch (attachment.file_type) {
    case 'image':
      return <Picture {...attachment} />;
    case 'audio':
      return (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written one
        <audio controls preload="none" src={attachment.data_url} className="h-10 max-w-full" />
      );
    case 'video':
      return <Video url={attachment.data_url} />;
    case 'location': {
      const { coordinates_lat: lat, coordinates_long: long, fallback_title } = attachment;
      return (
        <span className="flex items-center gap-2">
          <MapPin aria-hidden size={16} /> {fallback_title || t('place_at', { lat, long })}
        </span>
      );
    }
    case 'contact':
      return (
        <span className="flex items-center gap-2">
          <ContactIcon aria-hidden size={16} /> {attachment.fallback_title}
        </span>
      );
    default:
      if (!attachment.data_url) return null;
      return 'file_size' in attachment ? (
        <FileLink url={attachment.data_url} size={attachment.file_size} type={attachment.content_type} />
      ) : (
        <FileLink url={attachment.data_url} />
      );
  }
}

/**
 * A picture in its final size before it is loaded, at most 320 px, so that the thread does not jump. Large pictures show
 * the thumbnail and open the original in a new tab.
 */
function Picture({
  data_url,
  thumb_url,
  width,
  height,
}: {
  data_url: string;
  thumb_url: string;
  width: number | null;
  height: number | null;
}) {
  const t = useConversationWords();
  const scale = width && height ? Math.min(1, 320 / width, 320 / height) : 1;
  const size =
    width && height
      ? { width: Math.round(width * scale), height: Math.round(height * scale) }
      : { width: 240, height: 160 };
  return (
    <a href={data_url} target="_blank" rel="noopener noreferrer" className="block max-w-full">
      <img
        src={scale < 1 && thumb_url ? thumb_url : data_url}
        alt={nameOf(data_url) || t('picture')}
        {...size}
        loading="lazy"
        className="max-w-full rounded-control bg-press object-cover"
        style={{ aspectRatio: `${size.width} / ${size.height}`, height: 'auto' }}
      />
    </a>
  );
}

/** A link with name and size. Its mark tells pictures that not every browser can draw (HEIC, TIFF, SVG) from other files. */
function FileLink({ url, size = 0, type = '' }: { url: string; size?: number; type?: string }) {
  const Mark = type.startsWith('image/') ? FileImage : FileText;
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className="flex max-w-72 items-center gap-2 rounded-control border border-current/25 px-2.5 py-1.5 text-sm hover:bg-black/5"
    >
      <Mark aria-hidden size={18} className="shrink-0" />
      <span className="min-w-0 flex-1 truncate font-medium">{nameOf(url)}</span>
      {size > 0 && <span className="tabular shrink-0 text-xs opacity-75">{sizeOf(size)}</span>}
    </a>
  );
}

/** The file name at the end of an address. */
const nameOf = (url: string): string => decodeURIComponent(url.split('?')[0]?.split('/').at(-1) ?? '');

/** A size in bytes as `12 kB` or `3.4 MB`, in the language of the page. */
export function sizeOf(bytes: number): string {
  const unit = bytes < 1_000_000 ? 'kilobyte' : 'megabyte';
  const value = Math.max(bytes / (unit === 'kilobyte' ? 1000 : 1_000_000), 0.1);
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: 'unit',
    unit,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** Only the metadata is loaded before the agent plays it. */
function Video({ url }: { url: string }) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written one
    <video controls preload="metadata" src={url} className="max-h-80 max-w-full rounded-control" />
  );
}
