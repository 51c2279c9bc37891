/** A value to copy: an identifier, a token, a line of code. A secret shows only when asked. */
import { Check, Copy, Eye, EyeOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useUiWords } from '../words/ui.ts';
import { IconButton } from './button.tsx';

interface Props {
  value: string;
  label: string;
  secret?: boolean;
}

/** The value is shown left to right in every language, and a secret as dots until the agent asks for it. */
export function CopyField({ value, label, secret = false }: Props) {
  const t = useUiWords();
  const [copied, copy] = useCopy();
  const [shown, setShown] = useState(!secret);
  return (
    <div className="flex h-8 items-center rounded-control border border-line-strong bg-sunk ps-2.5 pe-0.5">
      <code dir="ltr" title={label} className="min-w-0 flex-1 truncate text-start font-mono text-xs">
        {shown ? value : '•'.repeat(24)}
      </code>
      {secret && (
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={shown ? t('hide') : t('show')}
          size="small"
          onClick={() => setShown(!shown)}
        />
      )}
      <IconButton
        icon={copied ? Check : Copy}
        label={copied ? t('copied') : t('copyWhat', { what: label })}
        size="small"
        onClick={() => copy(value)}
      />
    </div>
  );
}

/** Copies a text, and tells for two seconds that it did. Browsers offer the clipboard only on https and on localhost. */
export function useCopy(): [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return [copied, (text) => void navigator.clipboard.writeText(text).then(() => setCopied(true))];
}
