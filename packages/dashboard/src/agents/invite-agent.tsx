/** The dialog that invites an agent: name, e-mail, role and inboxes. */
import type { Agent } from '@hoory/client';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { Checkbox } from '../ui/switch.tsx';
import { useInvite } from './invite.ts';
import { RoleChoice } from './role-choice.tsx';
import { useAgentWords } from './words.ts';

/** The agent joins all inboxes except the unticked ones. */
export function InviteAgent({ onClose }: { onClose: () => void }) {
  const t = useAgentWords();
  const invite = useInvite();
  const { data } = useApi('GET /inboxes', {});
  const [role, setRole] = useState<Agent['role']>('agent');
  const [without, setWithout] = useState<readonly number[]>([]);
  const inboxes = data?.payload ?? [];
  const submit = (fields: FormData) =>
    invite({
      name: String(fields.get('name')),
      email: String(fields.get('email')),
      role,
      inbox_ids: inboxes.map(({ id }) => id).filter((id) => !without.includes(id)),
    });
  return (
    <FormDialog title={t('add')} act={t('send')} onClose={onClose} submit={submit}>
      <Field label={t('name')}>
        <Input name="name" required maxLength={255} autoComplete="off" autoFocus />
      </Field>
      <Field label={t('email')} help={t('emailHelp')}>
        <Input name="email" type="email" required dir="ltr" autoComplete="off" />
      </Field>
      <RoleChoice role={role} onChange={setRole} />
      {inboxes.length > 0 && <InboxChoice inboxes={inboxes} without={without} onChange={setWithout} />}
    </FormDialog>
  );
}

interface InboxChoiceProps {
  inboxes: readonly { id: number; name: string }[];
  /** Inboxes that the agent does not join. */
  without: readonly number[];
  onChange: (without: readonly number[]) => void;
}

/** Stores the unticked inboxes, so that the inboxes may arrive after the dialog opened. */
function InboxChoice({ inboxes, without, onChange }: InboxChoiceProps) {
  const t = useAgentWords();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t('inboxes')}</legend>
      <SearchedList items={inboxes} textOf={({ name }) => name}>
        {(some) => (
          <div className="flex flex-col gap-2">
            {some.map(({ id, name }) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: the box inside it is the control
              <label key={id} className="flex items-center gap-2">
                <Checkbox
                  checked={!without.includes(id)}
                  onChange={(on) => onChange(on ? without.filter((one) => one !== id) : [...without, id])}
                />
                {name}
              </label>
            ))}
          </div>
        )}
      </SearchedList>
    </fieldset>
  );
}
