/** Who one is: picture, names, signature, presence and password. */
import type { User } from '@hoory/client';
import { ImageUp, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { call } from '../api/api.ts';
import { refresh, useMembership, useSession } from '../session/session.ts';
import { FormDialog } from '../settings/form.tsx';
import { Section } from '../settings/page.tsx';
import { SavedSelect, SavedSwitch, SavedText } from '../settings/saved.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { useSayFailure } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { say } from '../ui/toast.tsx';
import { useProfileWords } from './words.ts';

type Availability = User['accounts'][number]['availability'];

/** The session follows what the server answers. */
async function show(answer: Promise<User>): Promise<void> {
  refresh(await answer);
}

export function Picture() {
  const t = useProfileWords();
  const sayFailure = useSayFailure();
  const { user } = useSession();
  const file = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const change = async (answer: () => Promise<User>) => {
    setBusy(true);
    await show(answer()).catch((error) => sayFailure(t('pictureFailed'), error));
    setBusy(false);
  };
  const upload = (picture: File) =>
    change(() => call('PATCH /api/v1/profile', {}, { files: { 'profile[avatar]': picture } }));
  return (
    <div className="flex items-center gap-4">
      <Avatar name={user.available_name} url={user.avatar_url} size={56} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-lg font-semibold">{user.available_name}</p>
        <p className="truncate text-soft">{user.email}</p>
      </div>
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        aria-label={t('picture')}
        className="hidden"
        onChange={({ target }) => {
          const picture = target.files?.[0];
          if (picture) void upload(picture);
          target.value = '';
        }}
      />
      <Button icon={ImageUp} busy={busy} onClick={() => file.current?.click()}>
        {t('picture')}
      </Button>
      {user.avatar_url && (
        <IconButton
          icon={X}
          label={t('removePicture')}
          onClick={() => void change(() => call('DELETE /api/v1/profile/avatar'))}
        />
      )}
    </div>
  );
}

export function Names() {
  const t = useProfileWords();
  const { user } = useSession();
  return (
    <Section title={t('title')}>
      <SavedText
        label={t('name')}
        value={user.name}
        faultOf={(text) => (text.trim() ? undefined : t('nameFault'))}
        save={(name) => show(call('PATCH /api/v1/profile', { name: name.trim() }))}
      />
      <SavedText
        label={t('displayName')}
        help={t('displayNameHelp')}
        value={user.display_name ?? ''}
        save={(text) => show(call('PATCH /api/v1/profile', { display_name: text.trim() || null }))}
      />
      <Field label={t('email')} help={t('emailHelp')}>
        <Input value={user.email} readOnly dir="ltr" />
      </Field>
      <SavedText
        label={t('signature')}
        help={t('signatureHelp')}
        value={user.message_signature ?? ''}
        lines={3}
        save={(text) => show(call('PATCH /api/v1/profile', { message_signature: text || null }))}
      />
    </Section>
  );
}

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
        save={(availability) => show(call('POST /api/v1/profile/availability', { account_id, availability }))}
      />
      <SavedSwitch
        label={t('autoOffline')}
        help={t('autoOfflineHelp')}
        value={membership?.auto_offline ?? true}
        save={(auto_offline) => show(call('POST /api/v1/profile/auto_offline', { account_id, auto_offline }))}
      />
    </Section>
  );
}

export function Password() {
  const t = useProfileWords();
  const [asking, setAsking] = useState(false);
  const submit = async (fields: FormData) => {
    const password = String(fields.get('password'));
    const current_password = String(fields.get('current_password'));
    const input = { current_password, password, password_confirmation: password };
    await show(call('PATCH /api/v1/profile', input));
    say({ title: t('passwordChanged') });
  };
  return (
    <Section title={t('password')}>
      <Button className="self-start" onClick={() => setAsking(true)}>
        {t('changePassword')}
      </Button>
      {asking && (
        <FormDialog title={t('changePassword')} onClose={() => setAsking(false)} submit={submit}>
          <Field label={t('currentPassword')}>
            <Input
              name="current_password"
              type="password"
              required
              autoComplete="current-password"
              autoFocus
            />
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
        </FormDialog>
      )}
    </Section>
  );
}
