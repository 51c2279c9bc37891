/** The priority of a conversation as a small sign with a label. */
import type { Priority } from '@hoory/client';
import { classes } from '../ui/classes.ts';
import { useConversationWords } from './words.ts';

const bars: Record<Priority, number> = { low: 1, medium: 2, high: 3, urgent: 3 };

/** Bars for low to high, an exclamation mark for urgent: told apart by shape, not by colour. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const t = useConversationWords();
  if (priority === 'urgent')
    return (
      <span
        role="img"
        aria-label={t('urgent')}
        title={t('urgent')}
        className="grid size-3.5 shrink-0 place-items-center rounded-sm bg-red-solid text-[10px] leading-none font-bold text-white"
      >
        !
      </span>
    );
  return (
    <span
      role="img"
      aria-label={t(priority)}
      title={t(priority)}
      className="flex h-3.5 shrink-0 items-end gap-px"
    >
      {[1, 2, 3].map((bar) => (
        <span
          key={bar}
          className={classes('w-1 rounded-[1px]', bar <= bars[priority] ? 'bg-icon' : 'bg-line-strong')}
          style={{ height: 3 + bar * 3 }}
        />
      ))}
    </span>
  );
}
