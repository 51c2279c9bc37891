/** The id of a failed request, to copy for whoever runs the server. */
import { useUiWords } from '../words/ui.ts';
import { useCopy } from './copy-field.tsx';

/** Shows the first 8 characters and copies the whole id. Renders nothing without an id, as after a network failure. */
export function CopyRequestId({ id }: { id: string | undefined }) {
  const t = useUiWords();
  const [copied, copy] = useCopy();
  if (!id) return null;
  return (
    <button
      type="button"
      onClick={() => copy(id)}
      className="mt-1 text-start text-xs text-soft hover:text-ink"
    >
      {copied ? t('copied') : t('requestId')} <code className="font-mono">{id.slice(0, 8)}</code>
    </button>
  );
}
