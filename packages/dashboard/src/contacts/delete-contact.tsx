/** Deletes a contact with its conversations. It cannot be undone, so it is confirmed once. */
import type { Contact } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, queries } from '../api/api.ts';
import { useIsAdministrator } from '../session/session.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { useContactWords } from './words.ts';

/** Only for administrators. Lists and cached answers of the contact are dropped at once. */
export function DeleteContact({ contact: { id, name } }: { contact: Contact }) {
  const t = useContactWords();
  const navigate = useNavigate();
  const isAdministrator = useIsAdministrator();
  const [asking, setAsking] = useState(false);
  if (!isAdministrator) return null;
  const submit = async () => {
    await api('DELETE /contacts/{id}', { id });
    queries.removeQueries({ queryKey: ['GET /contacts/{id}'] });
    void queries.invalidateQueries({ queryKey: ['contacts'] });
    showToast({ title: t('removed', { name }) });
    await navigate({ to: '/contacts', replace: true });
  };
  return (
    <Section title={t('remove')} help={t('removeHelp')}>
      <Button icon={Trash2} className="self-start text-red" onClick={() => setAsking(true)}>
        {t('remove')}
      </Button>
      {asking && (
        <FormDialog
          title={t('removeTitle', { name })}
          description={t('removeHelp')}
          act={t('remove')}
          danger
          onClose={() => setAsking(false)}
          submit={submit}
        />
      )}
    </Section>
  );
}
