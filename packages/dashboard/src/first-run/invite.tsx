/** Invites an agent in one line, as a member of the inbox that was just connected. */
import { UserPlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useInvite } from '../agents/invite.ts';
import { useApi } from '../api/queries.ts';
import { useSession } from '../session/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { useErrorText } from '../ui/failure.ts';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { useFirstRunWords } from './words.ts';

/** Stays open after an invitation, for the next one. */
export function Invite({ inbox_id }: { inbox_id: number }) {
  const t = useFirstRunWords();
  const errorText = useErrorText();
  const { busy, error, submit } = useSubmit(inbox_id);
  return (
    <>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
        <Field label={t('name')}>
          <Input name="name" required maxLength={255} autoComplete="off" />
        </Field>
        <Field label={t('email')}>
          <Input name="email" type="email" required dir="ltr" autoComplete="off" />
        </Field>
        <Button type="submit" icon={UserPlus} busy={busy}>
          {t('send')}
        </Button>
      </form>
      {error !== undefined && (
        <p role="alert" className="text-red">
          {errorText(error)}
        </p>
      )}
      <Team />
    </>
  );
}

/** The other agents of the account. */
function Team() {
  const { user } = useSession();
  const { data } = useApi('GET /agents', {});
  const others = data?.filter(({ id }) => id !== user.id) ?? [];
  if (!others.length) return null;
  return (
    <SearchedList items={others} textOf={({ name }) => name}>
      {(some) => (
        <ul className="flex flex-wrap gap-x-4 gap-y-2">
          {some.map(({ id, name, thumbnail }) => (
            <li key={id} className="flex items-center gap-2">
              <Avatar name={name} url={thumbnail} size={24} />
              {name}
            </li>
          ))}
        </ul>
      )}
    </SearchedList>
  );
}

/** Invites, and empties the form when that succeeds. */
function useSubmit(inbox_id: number) {
  const invite = useInvite();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    setBusy(true);
    setError(undefined);
    try {
      const email = String(fields.get('email'));
      await invite({ name: String(fields.get('name')), email, role: 'agent', inbox_ids: [inbox_id] });
      form.reset();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return { busy, error, submit };
}
