/** A panel of emoji for the pointer; while typing, `:` opens the same ones as suggestions. */
import { Smile } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { useConversationWords } from '../words.ts';
import { findEmoji } from './emoji.ts';

/** Closes after one choice. */
export function EmojiPicker({ onPick }: { onPick: (sign: string) => void }) {
  const t = useConversationWords();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={t('emoji')}
      open={open}
      onOpenChange={setOpen}
      side="top"
      className="w-72 p-2!"
      trigger={<IconButton icon={Smile} size="small" label={t('emoji')} />}
    >
      <div className="grid max-h-56 grid-cols-8 overflow-y-auto">
        {findEmoji('').map(({ sign, name }) => (
          <button
            key={sign}
            type="button"
            title={name}
            onClick={() => {
              setOpen(false);
              onPick(sign);
            }}
            className="grid size-8 place-items-center rounded-control text-lg hover:bg-hover"
          >
            {sign}
          </button>
        ))}
      </div>
    </Popover>
  );
}
