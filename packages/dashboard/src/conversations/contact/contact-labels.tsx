/** The labels of a contact. Unlike those of a conversation they stay with the customer. */
import { Plus } from 'lucide-react';
import { api } from '../../api/api.ts';
import { invalidate, useApi } from '../../api/queries.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { useErrorToast } from '../../ui/failure.ts';
import { Menu, MenuHeading, MenuItem } from '../../ui/menu.tsx';
import { useLabels } from '../people.ts';
import { useConversationWords } from '../words.ts';

/** The endpoint replaces all labels, so every change sends the whole list. */
export function ContactLabels({ contact_id }: { contact_id: number }) {
  const t = useConversationWords();
  const all = useLabels();
  const showError = useErrorToast();
  const chosen = useApi('GET /contacts/{id}/labels', { id: contact_id }).data?.payload ?? [];
  const set = (labels: string[]) =>
    void api('POST /contacts/{id}/labels', { id: contact_id, labels })
      .then(() => invalidate('GET /contacts/{id}/labels'))
      .catch((error) => showError(t('notChanged'), error));
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
      <Menu trigger={<IconButton icon={Plus} size="small" label={t('labels')} />}>
        <MenuHeading>{all.length ? t('labels') : t('noLabels')}</MenuHeading>
        {all.map(({ title, color }) => (
          <MenuItem
            key={title}
            mark={<span aria-hidden className="size-2.5 rounded-full" style={{ background: color }} />}
            chosen={chosen.includes(title)}
            onClick={() => set(chosen.includes(title) ? without(title) : [...chosen, title])}
          >
            {title}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}
