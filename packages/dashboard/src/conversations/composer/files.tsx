/** The files attached to the message that is being written. */
import { FileImage, FileText, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { sizeOf } from '../thread/attachments.tsx';
import { useConversationWords } from '../words.ts';

/** Most files of one message; the server refuses more. */
export const MAX_FILES = 15;

interface Props {
  files: readonly File[];
  onRemove: (file: File) => void;
}

/** Each file with its size, a preview of pictures, and a button that removes it. */
export function AttachedFileList({ files, onRemove }: Props) {
  const t = useConversationWords();
  if (!files.length) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-3 pb-2">
      {files.map((file) => (
        <li
          key={`${file.name} ${file.size} ${file.lastModified}`}
          className="relative flex h-13 max-w-56 items-center gap-2 rounded-control border border-line-strong bg-pane ps-1.5 pe-7"
        >
          <Preview file={file} />
          <span className="min-w-0">
            <span className="block truncate text-xs font-medium">{file.name}</span>
            <span className="tabular block text-xs text-soft">{sizeOf(file.size)}</span>
          </span>
          <button
            type="button"
            aria-label={t('removeFile', { name: file.name })}
            onClick={() => onRemove(file)}
            className="absolute end-1 top-1 rounded-full p-0.5 text-icon hover:bg-hover"
          >
            <X aria-hidden size={13} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Only formats that every browser can draw get a preview; the object URL is released with the component. */
function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  const Mark = file.type.startsWith('image/') ? FileImage : FileText;
  if (!url) return <Mark aria-hidden size={22} className="shrink-0 text-icon" />;
  return <img src={url} alt="" className="size-10 shrink-0 rounded-sm object-cover" />;
}
