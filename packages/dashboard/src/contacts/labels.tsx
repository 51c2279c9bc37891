/** The labels of a contact on its page: chips that can be removed, and a menu that adds one. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { Section } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { useErrorToast } from '../ui/failure.ts';
import { Menu, MenuHeading, MenuItem } from '../ui/menu.tsx';
import { useContactWords } from './words.ts';

/** A skeleton stands for the labels until they are known, so that a change never sends an incomplete list. */
export function Labels({ contact_id }: { contact_id: number }) {
  const t = useContactWords();
  const { data } = useApi('GET /labels', {});
  const [chosen, change] = useContactLabels(contact_id);
  const all = data?.payload ?? [];
  if (!chosen)
    return (
      <Section title={t('labels')}>
        <Skeleton className="h-6 w-48" />
      </Section>
    );
  const others = all.filter(({ title }) => !chosen.includes(title));
  return (
    <Section
      title={t('labels')}
      action={<AddLabel labels={others} onAdd={(title) => change([...chosen, title])} />}
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
                  run: () => change(chosen.filter((other) => other !== label)),
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

/**
 * The labels, already changed while a request is under way, and a function that replaces them. A refused change falls back
 * to what the server has.
 */
function useContactLabels(id: number): [readonly string[] | undefined, (labels: readonly string[]) => void] {
  const t = useContactWords();
  const showError = useErrorToast();
  const { account_id } = useSession();
  const { data } = useApi('GET /contacts/{id}/labels', { id });
  const [pending, setPending] = useState<readonly string[]>();
  const write = async (labels: readonly string[]) => {
    setPending(labels);
    try {
      const answer = await api('POST /contacts/{id}/labels', { id, labels: [...labels] });
      queries.setQueryData(['GET /contacts/{id}/labels', account_id, { id }], answer);
    } catch (error) {
      showError(t('labelsFailed'), error);
    }
    setPending(undefined);
  };
  return [pending ?? data?.payload, (labels) => void write(labels)];
}

interface AddLabelProps {
  labels: readonly { id: number; title: string; color: string }[];
  onAdd: (title: string) => void;
}

/** The labels of the account that the contact does not have. */
function AddLabel({ labels, onAdd }: AddLabelProps) {
  const t = useContactWords();
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" icon={Plus}>
          {t('addLabel')}
        </Button>
      }
    >
      {!labels.length && <MenuHeading>{t('noAccountLabels')}</MenuHeading>}
      {labels.map(({ id, title, color }) => (
        <MenuItem
          key={id}
          mark={<span aria-hidden className="size-2 rounded-full" style={{ background: color }} />}
          onClick={() => onAdd(title)}
        >
          {title}
        </MenuItem>
      ))}
    </Menu>
  );
}
