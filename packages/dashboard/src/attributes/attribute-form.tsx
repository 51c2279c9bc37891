/** The dialog that creates or changes the definition of a custom attribute. */
import type { CustomAttributeDefinition } from '@hoory/client';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { keyPattern } from '../contacts/attribute-value.ts';
import { FormDialog } from '../settings/form.tsx';
import { Field } from '../ui/field.tsx';
import { Input, Textarea } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import { useAttributeWords } from './words.ts';

type Type = CustomAttributeDefinition['attribute_display_type'];
type Model = CustomAttributeDefinition['attribute_model'];

const types: readonly Type[] = ['text', 'number', 'currency', 'percent', 'link', 'date', 'list', 'checkbox'];
const models: readonly Model[] = ['contact_attribute', 'conversation_attribute'];

interface Props {
  definition: CustomAttributeDefinition | undefined;
  onClose: () => void;
}

/** Shows the fields of the chosen type only. */
export function AttributeForm({ definition, onClose }: Props) {
  const t = useAttributeWords();
  const [type, setType] = useState<Type>(definition?.attribute_display_type ?? 'text');
  const [model, setModel] = useState<Model>(definition?.attribute_model ?? 'contact_attribute');
  const submit = (fields: FormData) => saveDefinition(fields, { id: definition?.id, type, model });
  return (
    <FormDialog title={definition ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')}>
        <Input
          name="name"
          defaultValue={definition?.attribute_display_name}
          required
          maxLength={255}
          autoFocus
        />
      </Field>
      {!definition && <KeyFields model={model} setModel={setModel} />}
      <Field label={t('type')} help={t('typeHelp')}>
        <Select
          value={type}
          onChange={setType}
          options={types.map((value) => ({ value, label: t(value) }))}
        />
      </Field>
      {type === 'list' && (
        <Field label={t('values')} help={t('valuesHelp')}>
          <Textarea name="values" defaultValue={definition?.attribute_values.join('\n')} required rows={4} />
        </Field>
      )}
      {type === 'text' && (
        <Field label={t('pattern')} help={t('patternHelp')}>
          <Input name="pattern" defaultValue={definition?.regex_pattern ?? ''} dir="ltr" autoComplete="off" />
        </Field>
      )}
      <Field label={t('description')} help={t('descriptionHelp')}>
        <Input name="description" defaultValue={definition?.attribute_description ?? ''} />
      </Field>
    </FormDialog>
  );
}

/** Values that are not in the form data. */
interface DefinitionKey {
  /** Undefined: it is a new one. */
  id: number | undefined;
  type: Type;
  model: Model;
}

/** Creates or changes the definition. The value list and the pattern are sent only for the types that have them. */
async function saveDefinition(fields: FormData, { id, type, model }: DefinitionKey): Promise<void> {
  const textOf = (name: string) => String(fields.get(name) ?? '').trim();
  const input = {
    attribute_display_name: textOf('name'),
    attribute_display_type: type,
    attribute_description: textOf('description') || null,
    ...(type === 'list' && { attribute_values: linesOf(textOf('values')) }),
    ...(type === 'text' && { regex_pattern: textOf('pattern') || null }),
  };
  const place = { attribute_key: textOf('key'), attribute_model: model };
  if (id !== undefined) await api('PATCH /custom_attribute_definitions/{id}', { id, ...input });
  else await api('POST /custom_attribute_definitions', { ...input, ...place });
  await invalidate('GET /custom_attribute_definitions');
}

/** Key and model can be set only once: apps and stored values rely on them. */
function KeyFields({ model, setModel }: { model: Model; setModel: (model: Model) => void }) {
  const t = useAttributeWords();
  return (
    <>
      <Field label={t('key')} help={t('keyHelp')}>
        <Input name="key" required maxLength={255} pattern={keyPattern} dir="auto" autoComplete="off" />
      </Field>
      <Field label={t('model')}>
        <Select
          value={model}
          onChange={setModel}
          options={models.map((value) => ({ value, label: t(value) }))}
        />
      </Field>
    </>
  );
}

/** Lines of a text, without empty ones and duplicates. */
const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];
