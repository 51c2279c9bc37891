/** Sign-in with e-mail and password. */
import { HooryError } from '@hoory/client';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { signIn } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { requestIdOf, useReason } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { CopyRequestId } from '../ui/request-id.tsx';
import { useSignInWords } from './words.ts';

export function Screen() {
  const t = useSignInWords();
  const reason = useReason();
  const navigate = useNavigate();
  const { to } = useSearch({ strict: false }) as { to?: string };
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    try {
      await signIn(String(form.get('email')), String(form.get('password')));
      await navigate({ href: ownPath(to), replace: true });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  const isWrong = error instanceof HooryError && error.code === 'unauthorized';
  return (
    <main className="grid min-h-dvh place-items-center px-4 pb-[12vh]">
      <form onSubmit={submit} className="flex w-full max-w-80 flex-col gap-4">
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="mx-auto size-11" />
        <h1 className="mb-2 text-center text-xl font-semibold">{t('title')}</h1>
        <Field label={t('email')}>
          <Input name="email" type="email" autoComplete="username" required autoFocus dir="ltr" />
        </Field>
        <Field label={t('password')}>
          <Input name="password" type="password" autoComplete="current-password" required dir="ltr" />
        </Field>
        {error !== undefined && (
          <div role="alert" className="rounded-control bg-red-soft px-3 py-2 text-red">
            {isWrong ? t('wrong') : reason(error)}
            {!isWrong && <CopyRequestId id={requestIdOf(error)} />}
          </div>
        )}
        <Button type="submit" look="primary" busy={busy}>
          {t('signIn')}
        </Button>
      </form>
    </main>
  );
}

/** Only a path of this desk is gone to, wherever the address says. */
function ownPath(to: string | undefined): string {
  const inDesk = to && /^\/(?![/\\])/.test(to) ? to : '/';
  return inDesk.startsWith('/app') ? inDesk : `/app${inDesk}`;
}
