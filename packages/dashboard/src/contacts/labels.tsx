/** The labels of a contact on its page: chips that can be removed, and a menu that adds one. */
import { Plus } from 'lucide-react';
import { useApi } from '../api/queries.ts';
import { LabelPicker } from '../labels/label-picker.tsx';
import { useContactLabels } from '../labels/use-contact-labels.ts';
import { Section } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { useContactWords } from './words.ts';

/** A skeleton stands for the labels until they are known, so that a change never sends an incomplete list. */
export function Labels({ contact_id }: { contact_id: number }) {
  const t = useContactWords();
  const { data } = useApi('GET /labels', {});
  const [chosen, change] = useContactLabels(contact_id, t('labelsFailed'));
  const all = data?.payload ?? [];
  if (!chosen)
    return (
      <Section title={t('labels')}>
        <Skeleton className="h-6 w-48" />
      </Section>
    );
  const without = (label: string) => chosen.filter((other) => other !== label);
  const toggle = (label: string) => change(chosen.includes(label) ? without(label) : [...chosen, label]);
  return (
    <Section
      title={t('labels')}
      action={
        <LabelPicker
          align="end"
          label={t('addLabel')}
          none={t('noAccountLabels')}
          labels={all}
          chosen={chosen}
          onToggle={toggle}
          trigger={
            <Button size="small" icon={Plus}>
              {t('addLabel')}
            </Button>
          }
        />
      }
    >
      {!chosen.length && <p className="text-soft">{t('noLabels')}</p>}
      {chosen.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((label) => (
            <li key={label}>
              <Chip
                dot={all.find(({ title }) => title === label)?.color}
                remove={{
                  label: t('removeLabel', { label }),
                  run: () => change(without(label)),
                }}
              >
                {label}
              </Chip>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
