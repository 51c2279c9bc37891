/** The sections of the profile: picture, names, e-mail, presence and password. */
import type { User } from '@hoory/client';
import { useState } from 'react';
import { call } from '../api/api.ts';
import { updateUser, useMembership, useSession } from '../session/session.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { Picture } from '../settings/picture.tsx';
import { SavedSelect, SavedSwitch, SavedText } from '../settings/saved.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { showToast } from '../ui/toast.tsx';
import { useProfileWords } from './words.ts';

type Availability = User['accounts'][number]['availability'];

/** The endpoints answer with the user, which replaces the one of the session. */
async function updateSession(answer: Promise<User>): Promise<void> {
  updateUser(await answer);
}

/** The picture that colleagues and customers see. */
export function OwnPicture() {
  const { user } = useSession();
  return (
    <Picture
      name={user.available_name}
      url={user.avatar_url}
      upload={(picture) =>
        updateSession(call('PATCH /api/v1/profile', {}, { files: { 'profile[avatar]': picture } }))
      }
      remove={() => updateSession(call('DELETE /api/v1/profile/avatar'))}
    >
      <p className="truncate text-lg font-semibold">{user.available_name}</p>
      <p className="truncate text-soft">{user.email}</p>
    </Picture>
  );
}

/** The display name is what customers see, once it is set. */
export function Names() {
  const t = useProfileWords();
  const { user } = useSession();
  return (
    <Section title={t('title')}>
      <SavedText
        label={t('name')}
        value={user.name}
        faultOf={(text) => (text.trim() ? undefined : t('nameFault'))}
        save={(name) => updateSession(call('PATCH /api/v1/profile', { name: name.trim() }))}
      />
      <SavedText
        label={t('displayName')}
        help={t('displayNameHelp')}
        value={user.display_name ?? ''}
        save={(text) => updateSession(call('PATCH /api/v1/profile', { display_name: text.trim() || null }))}
      />
      <Email email={user.email} />
      <SavedText
        label={t('signature')}
        help={t('signatureHelp')}
        value={user.message_signature ?? ''}
        lines={3}
        save={(text) => updateSession(call('PATCH /api/v1/profile', { message_signature: text || null }))}
      />
    </Section>
  );
}

/** A server that sends mail changes the address only when the new one has confirmed; another server changes it at once. */
function Email({ email }: { email: string }) {
  const t = useProfileWords();
  const [asking, setAsking] = useState(false);
  const submit = async (fields: FormData) => {
    const newEmail = String(fields.get('email')).trim().toLowerCase();
    const current_password = String(fields.get('current_password'));
    const user = await call('PATCH /api/v1/profile', { email: newEmail, current_password });
    updateUser(user);
    if (user.email === newEmail) showToast({ title: t('emailChanged') });
    else showToast({ title: t('emailAsked'), description: newEmail });
  };
  return (
    <Field label={t('email')} help={t('emailHelp')}>
      <div className="flex gap-2">
        <Input value={email} readOnly dir="ltr" className="min-w-0 flex-1" />
        <Button onClick={() => setAsking(true)}>{t('changeEmail')}</Button>
      </div>
      {asking && (
        <FormDialog title={t('changeEmail')} onClose={() => setAsking(false)} submit={submit}>
          <Field label={t('newEmail')} help={t('newEmailHelp')}>
            <Input name="email" type="email" required autoComplete="email" dir="ltr" autoFocus />
          </Field>
          <Field label={t('currentPassword')}>
            <Input name="current_password" type="password" required autoComplete="current-password" />
          </Field>
        </FormDialog>
      )}
    </Field>
  );
}

/** The availability in the account that is shown. */
export function Presence() {
  const t = useProfileWords();
  const { account_id } = useSession();
  const membership = useMembership();
  return (
    <Section title={t('presence')}>
      <SavedSelect<Availability>
        label={t('availability')}
        value={membership?.availability ?? 'online'}
        options={(['online', 'busy', 'offline'] as const).map((value) => ({ value, label: t(value) }))}
        save={(availability) =>
          updateSession(call('POST /api/v1/profile/availability', { account_id, availability }))
        }
      />
      <SavedSwitch
        label={t('autoOffline')}
        help={t('autoOfflineHelp')}
        value={membership?.auto_offline ?? true}
        save={(auto_offline) =>
          updateSession(call('POST /api/v1/profile/auto_offline', { account_id, auto_offline }))
        }
      />
    </Section>
  );
}

/** Asks for the current password, so that an unattended desk cannot be taken over. */
export function Password() {
  const t = useProfileWords();
  const [asking, setAsking] = useState(false);
  const submit = async (fields: FormData) => {
    const password = String(fields.get('password'));
    const current_password = String(fields.get('current_password'));
    const input = { current_password, password, password_confirmation: password };
    await updateSession(call('PATCH /api/v1/profile', input));
    showToast({ title: t('passwordChanged') });
  };
  return (
    <Section title={t('password')}>
      <Button className="self-start" onClick={() => setAsking(true)}>
        {t('changePassword')}
      </Button>
      {asking && (
        <FormDialog title={t('changePassword')} onClose={() => setAsking(false)} submit={submit}>
          <PasswordFields />
        </FormDialog>
      )}
    </Section>
  );
}

/** Autocomplete tokens let password managers fill and store them. */
function PasswordFields() {
  const t = useProfileWords();
  return (
    <>
      <Field label={t('currentPassword')}>
        <Input name="current_password" type="password" required autoComplete="current-password" autoFocus />
      </Field>
      <Field label={t('newPassword')} help={t('passwordHelp')}>
        <Input
          name="password"
          type="password"
          required
          minLength={6}
          maxLength={128}
          autoComplete="new-password"
        />
      </Field>
    </>
  );
}
