/** The filters of the contacts: text, presence, label, order, and saved filters. */
import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { SavedFilters } from '../filters/saved-filters.tsx';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Popover } from '../ui/popover.tsx';
import { Select } from '../ui/select.tsx';
import { toChoices, toConditions } from './conditions.ts';
import { sorts, type View } from './view.ts';
import { useContactWords } from './words.ts';

const sortWords = {
  '-last_activity_at': 'lastActive',
  '-created_at': 'newest',
  name: 'byName',
  email: 'byEmail',
} as const;

interface Props {
  view: View;
  change: (change: Partial<View>) => void;
}

/** The text field keeps its own state, so that typing stays fast while the address follows. */
export function Filters({ view, change }: Props) {
  const t = useContactWords();
  const [typed, setTyped] = useState(view.q);
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-3 sm:px-6">
      <Input
        type="search"
        value={typed}
        aria-label={t('search')}
        placeholder={t('search')}
        className="max-w-90 max-sm:max-w-none"
        onChange={({ target }) => {
          setTyped(target.value);
          change({ q: target.value, saved: undefined });
        }}
      />
      <PresenceAndLabel view={view} change={change} />
      <Select
        value={view.sort}
        options={sorts.map((value) => ({ value, label: t(sortWords[value]) }))}
        onChange={(sort) => change({ sort })}
        label={t('sort')}
        className="max-w-40"
      />
      <SavedFilterMenu view={view} change={change} onText={setTyped} />
    </search>
  );
}

/** Disabled while a text is searched: the server cannot combine them. Each of the two replaces the other. */
function PresenceAndLabel({ view, change }: Props) {
  const t = useContactWords();
  const { data: labels } = useApi('GET /labels', {});
  return (
    <>
      <Select
        value={view.online}
        options={[
          { value: false, label: t('everybody') },
          { value: true, label: t('online') },
        ]}
        onChange={(online) => change({ online, label: null, saved: undefined })}
        disabled={Boolean(view.q)}
        label={t('online')}
        className="max-w-36"
      />
      <Select<string | null>
        value={view.label}
        options={[{ value: null, label: t('anyLabel') }, ...(labels?.payload ?? []).map(toOption)]}
        onChange={(label) => change({ label, online: false, saved: undefined })}
        disabled={Boolean(view.q)}
        label={t('labelled')}
        className="max-w-40"
      />
    </>
  );
}

/** The colour of a label is shown before its title. */
const toOption = ({ title, color }: { title: string; color: string }) => ({
  value: title,
  label: title,
  mark: <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: color }} />,
});

/** A saved filter replaces the other filters. `onText` sets the text field when a choice here changes its text. */
function SavedFilterMenu({ view, change, onText }: Props & { onText: (text: string) => void }) {
  const t = useContactWords();
  const narrow = (next: Pick<View, 'q' | 'label'>) => {
    onText(next.q);
    change({ ...next, online: false, saved: undefined });
  };
  return (
    <Popover
      label={t('savedFilters')}
      align="end"
      className="w-72"
      trigger={
        <Button look="quiet" icon={Bookmark} aria-pressed={view.saved !== undefined}>
          {t('savedFilters')}
        </Button>
      }
    >
      <SavedFilters
        type="contact"
        chosen={view.saved}
        conditions={toConditions(view)}
        onChoose={(saved) => {
          if (saved !== undefined) onText('');
          change(saved === undefined ? { saved } : { saved, q: '', label: null, online: false });
        }}
        onEdit={(conditions) => {
          const choices = toChoices(conditions);
          if (choices) narrow(choices);
          return choices !== undefined;
        }}
      />
    </Popover>
  );
}
