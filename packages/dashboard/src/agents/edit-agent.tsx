/** The dialog that changes name and role of an agent. */
import type { Agent } from '@hoory/client';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { RoleChoice } from './role-choice.tsx';
import { useAgentWords } from './words.ts';

export function EditAgent({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const t = useAgentWords();
  const { id, name } = agent;
  const [role, setRole] = useState(agent.role);
  const submit = async (fields: FormData) => {
    await api('PATCH /agents/{id}', { id, name: String(fields.get('name')), role });
    await invalidate('GET /agents');
  };
  return (
    <FormDialog title={t('edit', { name })} onClose={onClose} submit={submit}>
      <Field label={t('name')}>
        <Input name="name" defaultValue={name} required maxLength={255} />
      </Field>
      <RoleChoice role={role} onChange={setRole} />
    </FormDialog>
  );
}
