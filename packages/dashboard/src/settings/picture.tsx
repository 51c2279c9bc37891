/** A picture with buttons that replace and remove it. */
import { ImageUp, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { useSettingsWords } from './words.ts';

interface Props {
  name: string;
  url: string;
  upload: (picture: File) => Promise<unknown>;
  remove: () => Promise<unknown>;
  /** Stands between the picture and its buttons. */
  children?: ReactNode;
}

/** The input is cleared after a choice, so that the same file can be chosen again after a failure. */
export function Picture({ name, url, upload, remove, children }: Props) {
  const t = useSettingsWords();
  const showError = useErrorToast();
  const file = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const change = async (run: () => Promise<unknown>) => {
    setBusy(true);
    await run().catch((error) => showError(t('pictureFailed'), error));
    setBusy(false);
  };
  return (
    <div className="flex items-center gap-4">
      <Avatar name={name} url={url} size={56} />
      <div className="min-w-0 flex-1">{children}</div>
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
        aria-label={t('picture')}
        className="hidden"
        onChange={({ target }) => {
          const picture = target.files?.[0];
          if (picture) void change(() => upload(picture));
          target.value = '';
        }}
      />
      <Button icon={ImageUp} busy={busy} onClick={() => file.current?.click()}>
        {t('picture')}
      </Button>
      {url && <IconButton icon={X} label={t('removePicture')} onClick={() => void change(remove)} />}
    </div>
  );
}
