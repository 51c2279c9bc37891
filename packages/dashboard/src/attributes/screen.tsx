/** The custom attributes that the account defines. */
import type { CustomAttributeDefinition } from '@hoory/client';
import { ListPlus } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { AttributeForm } from './attribute-form.tsx';
import { useAttributeWords } from './words.ts';

/** Attributes of contacts and conversations in one list. */
export function Screen() {
  const t = useAttributeWords();
  const query = useApi('GET /custom_attribute_definitions', {});
  return (
    <RecordsPage<CustomAttributeDefinition>
      kind="attribute"
      t={t}
      icon={ListPlus}
      query={query}
      records={query.data}
      toRow={({ attribute_display_name, attribute_key, attribute_display_type, attribute_model }) => ({
        name: attribute_display_name,
        detail: `${attribute_key} · ${t(attribute_display_type)} · ${t(attribute_model)}`,
      })}
      form={(definition, close) => <AttributeForm definition={definition} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /custom_attribute_definitions/{id}', { id });
        await invalidate('GET /custom_attribute_definitions');
      }}
      administrator
    />
  );
}
