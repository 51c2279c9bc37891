/** Name, greeting and conversation settings of an inbox, and its deletion. */
import { useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { Picture } from '../settings/picture.tsx';
import { SavedSwitch, SavedText } from '../settings/saved.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { showToast } from '../ui/toast.tsx';
import { BotOfInbox } from './bot.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** The tab's sections. */
export function General(document: InboxDocument) {
  return (
    <>
      <NameAndPicture {...document} />
      <Greeting {...document} />
      <ConversationSettings {...document} />
      <Deletion inbox={document.inbox} />
    </>
  );
}

/** The name is what customers see in the chat. */
function NameAndPicture({ inbox, save, put }: InboxDocument) {
  const t = useInboxWords();
  const { id } = inbox;
  return (
    <Section title={t('general')}>
      <Picture
        name={inbox.name}
        url={inbox.avatar_url}
        upload={async (avatar) => put(await api('PATCH /inboxes/{id}', { id }, { files: { avatar } }))}
        remove={async () => {
          await api('DELETE /inboxes/{id}/avatar', { id });
          put({ ...inbox, avatar_url: '' });
        }}
      >
        <p className="text-soft">{t('pictureHelp')}</p>
      </Picture>
      <SavedText
        label={t('name')}
        help={t('nameHelp')}
        value={inbox.name}
        faultOf={(text) => (text.trim() ? undefined : t('nameMissing'))}
        save={(name) => save({ name: name.trim() })}
      />
    </Section>
  );
}

/** The text that a new conversation begins with. */
function Greeting({ inbox, save }: InboxDocument) {
  const t = useInboxWords();
  return (
    <Section title={t('greeting')}>
      <SavedSwitch
        label={t('greetingOn')}
        help={t('greetingOnHelp')}
        value={inbox.greeting_enabled}
        save={(greeting_enabled) => save({ greeting_enabled })}
      />
      <SavedText
        label={t('greetingText')}
        value={inbox.greeting_message ?? ''}
        placeholder={t('greetingPlaceholder')}
        lines={3}
        save={(text) => save({ greeting_message: text || null })}
      />
    </Section>
  );
}

/** Switches with the field that each of them writes. */
const switches = [
  { field: 'enable_auto_assignment', label: 'autoAssign', help: 'autoAssignHelp' },
  { field: 'lock_to_single_conversation', label: 'lock', help: 'lockHelp' },
  { field: 'allow_messages_after_resolved', label: 'afterResolved', help: 'afterResolvedHelp' },
  { field: 'csat_survey_enabled', label: 'csat', help: 'csatHelp' },
] as const;

/** How conversations of the inbox are assigned, reopened and rated. */
function ConversationSettings({ inbox, save }: InboxDocument) {
  const t = useInboxWords();
  return (
    <Section title={t('conversations')}>
      {switches.map(({ field, label, help }) => (
        <SavedSwitch
          key={field}
          label={t(label)}
          help={t(help)}
          value={inbox[field]}
          save={(on) => save({ [field]: on })}
        />
      ))}
      <BotOfInbox inbox_id={inbox.id} />
    </Section>
  );
}

/** Deletes the inbox with its conversations. Its name must be typed, because nothing brings them back. */
function Deletion({ inbox: { id, name } }: Pick<InboxDocument, 'inbox'>) {
  const t = useInboxWords();
  const [asking, setAsking] = useState(false);
  const { typed, setTyped, fault, submit } = useInboxDeletion({ id, name });
  return (
    <Section title={t('deletion')} help={t('deletionHelp')}>
      <Button icon={Trash2} className="self-start text-red" onClick={() => setAsking(true)}>
        {t('remove')}
      </Button>
      {asking && (
        <FormDialog
          title={t('deletionTitle', { name })}
          description={t('deletionConfirm')}
          act={t('remove')}
          danger
          onClose={() => setAsking(false)}
          submit={submit}
        >
          <Field label={t('deletionName')} fault={fault}>
            <Input
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
              autoFocus
              placeholder={name}
            />
          </Field>
        </FormDialog>
      )}
    </Section>
  );
}

/** State of the dialog. `submit` resolves to false while the typed name is wrong, which keeps the dialog open. */
function useInboxDeletion({ id, name }: Pick<InboxDocument['inbox'], 'id' | 'name'>) {
  const t = useInboxWords();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string>();
  const submit = async () => {
    if (typed.trim() !== name) {
      setFault(t('deletionMismatch'));
      return false;
    }
    await api('DELETE /inboxes/{id}', { id });
    void invalidate('GET /inboxes');
    showToast({ title: t('removed', { name }) });
    void navigate({ to: '/settings/inboxes' });
    return true;
  };
  return { typed, setTyped, fault, submit };
}
