/** The dialog that creates or changes a label. */
import type { Label } from '@hoory/client';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { Switch } from '../ui/switch.tsx';
import { useLabelWords } from './words.ts';

/** The colour that the server gives a label without one. */
const DEFAULT_COLOR = '#1f93ff';

export function LabelForm({ label, onClose }: { label: Label | undefined; onClose: () => void }) {
  const t = useLabelWords();
  const [show_on_sidebar, setOnSidebar] = useState(label?.show_on_sidebar ?? true);
  const submit = async (fields: FormData) => {
    const input = {
      title: String(fields.get('title')).trim(),
      description: String(fields.get('description')) || null,
      color: String(fields.get('color')),
      show_on_sidebar,
    };
    if (label) await api('PATCH /labels/{id}', { id: label.id, ...input });
    else await api('POST /labels', input);
    await invalidate('GET /labels');
  };
  return (
    <FormDialog title={label ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')} help={t('nameHelp')}>
        <Input name="title" defaultValue={label?.title} required minLength={2} maxLength={255} autoFocus />
      </Field>
      <Field label={t('description')}>
        <Input name="description" defaultValue={label?.description ?? ''} />
      </Field>
      <Field label={t('color')}>
        <Input
          name="color"
          type="color"
          defaultValue={label?.color ?? DEFAULT_COLOR}
          className="max-w-20 p-1"
        />
      </Field>
      <Field label={t('sidebar')} beside>
        <Switch checked={show_on_sidebar} onChange={setOnSidebar} />
      </Field>
    </FormDialog>
  );
}
