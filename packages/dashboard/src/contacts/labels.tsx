/** The labels of a contact: chips to take away, and a menu to add. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, queries } from '../api/api.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { Section } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { useSayFailure } from '../ui/failure.ts';
import { Menu, MenuHeading, MenuItem } from '../ui/menu.tsx';
import { useContactWords } from './words.ts';

export function Labels({ contact_id: id }: { contact_id: number }) {
  const t = useContactWords();
  const sayFailure = useSayFailure();
  const { account_id } = useSession();
  const { data: known } = useApi('GET /labels', {});
  const { data } = useApi('GET /contacts/{id}/labels', { id });
  const [wanted, setWanted] = useState<readonly string[]>();
  const all = known?.payload ?? [];
  const chosen = wanted ?? data?.payload;
  const change = async (labels: string[]) => {
    setWanted(labels);
    try {
      const answer = await api('POST /contacts/{id}/labels', { id, labels });
      queries.setQueryData(['GET /contacts/{id}/labels', account_id, { id }], answer);
    } catch (error) {
      sayFailure(t('labelsFailed'), error);
    }
    setWanted(undefined);
  };
  if (!chosen)
    return (
      <Section title={t('labels')}>
        <Skeleton className="h-6 w-48" />
      </Section>
    );
  const others = all.filter(({ title }) => !chosen.includes(title));
  const menu = (
    <Menu
      align="end"
      trigger={
        <Button size="small" icon={Plus}>
          {t('addLabel')}
        </Button>
      }
    >
      {!others.length && <MenuHeading>{t('noAccountLabels')}</MenuHeading>}
      {others.map(({ id, title, color }) => (
        <MenuItem
          key={id}
          mark={<span aria-hidden className="size-2 rounded-full" style={{ background: color }} />}
          onClick={() => void change([...chosen, title])}
        >
          {title}
        </MenuItem>
      ))}
    </Menu>
  );
  return (
    <Section title={t('labels')} action={menu}>
      {chosen.length ? (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((label) => (
            <li key={label}>
              <Chip
                dot={all.find(({ title }) => title === label)?.color}
                remove={{
                  label: t('removeLabel', { label }),
                  run: () => void change(chosen.filter((one) => one !== label)),
                }}
              >
                {label}
              </Chip>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-soft">{t('noLabels')}</p>
      )}
    </Section>
  );
}
