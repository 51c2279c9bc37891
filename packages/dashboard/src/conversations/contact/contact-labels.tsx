/** The labels of a contact. Unlike those of a conversation they stay with the customer. */
import { Plus } from 'lucide-react';
import { LabelPicker } from '../../labels/label-picker.tsx';
import { useContactLabels } from '../../labels/use-contact-labels.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { useLabels } from '../people.ts';
import { useConversationWords } from '../words.ts';

/** A skeleton stands for the labels until they are known: a change sends them all. */
export function ContactLabels({ contact_id }: { contact_id: number }) {
  const t = useConversationWords();
  const all = useLabels();
  const [chosen, set] = useContactLabels(contact_id, t('notChanged'));
  if (!chosen) return <Skeleton className="h-6 w-3/5" />;
  const without = (label: string) => chosen.filter((other) => other !== label);
  return (
    <div className="flex flex-wrap items-center gap-1">
      {chosen.map((title) => (
        <Chip
          key={title}
          dot={all.find((label) => label.title === title)?.color}
          remove={{ label: t('removeLabel', { label: title }), run: () => set(without(title)) }}
        >
          {title}
        </Chip>
      ))}
      <LabelPicker
        label={t('labels')}
        none={t('noLabels')}
        labels={all}
        chosen={chosen}
        onToggle={(title) => set(chosen.includes(title) ? without(title) : [...chosen, title])}
        trigger={<IconButton icon={Plus} size="small" label={t('labels')} />}
      />
    </div>
  );
}
