/** The sign-in with e-mail and password, and the request for a new password. */
import { HooryError } from '@hoory/client';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useRouteSearch } from '../route-paths.ts';
import { agent, signIn } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { requestIdOf, useErrorText } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { CopyRequestId } from '../ui/request-id.tsx';
import { validateSignInSearch } from './address.ts';
import { useSignInWords } from './words.ts';

/** Both forms share the e-mail, so that it is typed once. */
export function Screen() {
  const [email, setEmail] = useState('');
  const [forgot, setForgot] = useState(false);
  const props = { email, onEmail: setEmail, onSwitch: () => setForgot(!forgot) };
  return (
    <main className="grid min-h-dvh place-items-center px-4 pb-[12vh]">
      {forgot ? <ForgotPassword {...props} /> : <SignIn {...props} />}
    </main>
  );
}

interface Props {
  email: string;
  onEmail: (email: string) => void;
  /** To the other form. */
  onSwitch: () => void;
}

/** A wrong e-mail and a wrong password get the same text, so that nobody can find out who has an account. */
function SignIn({ email, onEmail, onSwitch }: Props) {
  const t = useSignInWords();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const { to } = useRouteSearch(validateSignInSearch);
  const { busy, error, submit } = useSubmit(async (form) => {
    await signIn(String(form.get('email')), String(form.get('password')));
    await navigate({ href: toDeskPath(to), replace: true });
  });
  const isWrong = error instanceof HooryError && error.code === 'unauthorized';
  return (
    <SignInForm title={t('title')} onSubmit={submit}>
      <Email value={email} onChange={onEmail} />
      <Field label={t('password')}>
        <Input name="password" type="password" autoComplete="current-password" required dir="ltr" />
      </Field>
      {error !== undefined && (
        <ErrorMessage id={isWrong ? undefined : requestIdOf(error)}>
          {isWrong ? t('wrong') : errorText(error)}
        </ErrorMessage>
      )}
      <Button type="submit" look="primary" busy={busy}>
        {t('signIn')}
      </Button>
      <Button look="quiet" onClick={onSwitch}>
        {t('forgot')}
      </Button>
    </SignInForm>
  );
}

/** Says that a link was sent for any address, for the same reason. */
function ForgotPassword({ email, onEmail, onSwitch }: Props) {
  const t = useSignInWords();
  const errorText = useErrorText();
  const [sent, setSent] = useState(false);
  const { busy, error, submit } = useSubmit(async (form) => {
    await agent.call('POST /auth/password', { email: String(form.get('email')) });
    setSent(true);
  });
  return (
    <SignInForm title={t('forgotTitle')} onSubmit={submit}>
      {sent ? (
        <p role="status">{t('sent')}</p>
      ) : (
        <>
          <p className="text-center text-soft">{t('forgotHelp')}</p>
          <Email value={email} onChange={onEmail} />
          {error !== undefined && <ErrorMessage id={requestIdOf(error)}>{errorText(error)}</ErrorMessage>}
          <Button type="submit" look="primary" busy={busy}>
            {t('sendLink')}
          </Button>
        </>
      )}
      <Button look="quiet" onClick={onSwitch}>
        {t('back')}
      </Button>
    </SignInForm>
  );
}

/** State of a form's request. */
function useSubmit(work: (form: FormData) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    await work(form).catch(setError);
    setBusy(false);
  }
  return { busy, error, submit };
}

interface SheetProps {
  title: string;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

/** The frame of both forms. */
function SignInForm({ title, onSubmit, children }: SheetProps) {
  return (
    <form onSubmit={onSubmit} className="flex w-full max-w-80 flex-col gap-4">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="mx-auto size-11" />
      <h1 className="mb-2 text-center text-xl font-semibold">{title}</h1>
      {children}
    </form>
  );
}

/** `username` lets password managers fill it. */
function Email({ value, onChange }: { value: string; onChange: (email: string) => void }) {
  const t = useSignInWords();
  return (
    <Field label={t('email')}>
      <Input
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        dir="ltr"
        defaultValue={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </Field>
  );
}

/** The error, with the request id unless the agent can mend it. */
function ErrorMessage({ id, children }: { id: string | undefined; children: ReactNode }) {
  return (
    <div role="alert" className="rounded-control bg-red-soft px-3 py-2 text-red">
      {children}
      <CopyRequestId id={id} />
    </div>
  );
}

/** Only a path of this desk: an address like `//evil.example` in a link must not lead away after the sign-in. */
function toDeskPath(to: string | undefined): string {
  const inDesk = to && /^\/(?![/\\])/.test(to) ? to : '/';
  return inDesk.startsWith('/app') ? inDesk : `/app${inDesk}`;
}
