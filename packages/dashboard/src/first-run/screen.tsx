/** The first run: connect an inbox, try it, invite the team. */
import type { Inbox } from '@hoory/client';
import { Link } from '@tanstack/react-router';
import { Inbox as InboxIcon, Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { Snippets } from '../connect/snippets.tsx';
import { WaitingForMessage } from '../connect/waiting.tsx';
import { NewInbox } from '../inboxes/new-inbox.tsx';
import { useInbox } from '../inboxes/use-inbox.ts';
import { SavedText } from '../settings/saved.tsx';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { EmptyState, Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { Invite } from './invite.tsx';
import { Step } from './step.tsx';
import { useFirstRunWords } from './words.ts';

export function Screen() {
  const t = useFirstRunWords();
  return (
    <div className="h-full overflow-y-auto">
      <article className="mx-auto flex max-w-170 flex-col gap-8 px-4 pt-10 pb-24 sm:px-8">
        <header className="flex flex-col gap-1">
          <h1 className="text-xl font-semibold">{t('title')}</h1>
          <p className="text-base text-soft">{t('lead')}</p>
        </header>
        <Steps />
      </article>
    </div>
  );
}

/** An account without an inbox first gets the button that creates one. With several inboxes, one of them is chosen. */
function Steps() {
  const t = useFirstRunWords();
  const { data, error, refetch } = useApi('GET /inboxes', {});
  const [chosen, setChosen] = useState<number>();
  const [adding, setAdding] = useState(false);
  if (error) return <ErrorState error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const inboxes = data.payload;
  const inbox = inboxes.find(({ id }) => id === chosen) ?? inboxes[0];
  const dialog = adding && <NewInbox onClose={() => setAdding(false)} onMade={({ id }) => setChosen(id)} />;
  if (!inbox)
    return (
      <>
        <NoInbox onAdd={() => setAdding(true)} />
        {dialog}
      </>
    );
  return (
    <>
      <ol className="flex flex-col gap-10">
        <Step number={1} title={t('connect')} help={t('connectHelp')}>
          {inboxes.length > 1 && <InboxSelect inboxes={inboxes} value={inbox.id} onChange={setChosen} />}
          <Connect key={inbox.id} inbox={inbox} />
          <Button look="quiet" icon={Plus} className="-ms-3 self-start" onClick={() => setAdding(true)}>
            {t('another')}
          </Button>
          {dialog}
        </Step>
        <Step number={2} title={t('try')} help={t('tryHelp')}>
          <WaitingForMessage inbox_id={inbox.id} inbox_identifier={inbox.inbox_identifier} />
        </Step>
        <Step number={3} title={t('invite')} help={t('inviteHelp')}>
          <Invite inbox_id={inbox.id} />
        </Step>
      </ol>
      <DeskLink />
    </>
  );
}

/** The only step that nothing else can do without. */
function NoInbox({ onAdd }: { onAdd: () => void }) {
  const t = useFirstRunWords();
  return (
    <EmptyState
      icon={InboxIcon}
      title={t('none')}
      action={
        <Button look="primary" icon={Plus} onClick={onAdd}>
          {t('first')}
        </Button>
      }
    >
      {t('noneHelp')}
    </EmptyState>
  );
}

/** Name, identifier and code of the inbox. */
function Connect({ inbox }: { inbox: Inbox }) {
  const t = useFirstRunWords();
  const { save } = useInbox(inbox.id);
  return (
    <>
      <SavedText
        label={t('name')}
        help={t('inboxHelp')}
        value={inbox.name}
        save={(name) => save({ name: name.trim() })}
      />
      <Field label={t('identifier')}>
        <CopyField value={inbox.inbox_identifier} label={t('identifier')} />
      </Field>
      <Snippets inbox_identifier={inbox.inbox_identifier} />
    </>
  );
}

/** The shape of the first step. */
function Loading() {
  return (
    <div className="flex flex-col gap-4 sm:ps-11">
      <Skeleton className="h-5 w-24" />
      <Skeleton className="h-8" />
      <Skeleton className="h-8" />
      <Skeleton className="h-72" />
      <Skeleton className="h-16" />
    </div>
  );
}

interface InboxSelectProps {
  inboxes: readonly Inbox[];
  value: number;
  onChange: (id: number) => void;
}

/** Chooses the inbox that the steps are about. */
function InboxSelect({ inboxes, value, onChange }: InboxSelectProps) {
  const t = useFirstRunWords();
  return (
    <Select
      value={value}
      label={t('inbox')}
      options={inboxes.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={onChange}
      className="max-w-60"
    />
  );
}

/** Leaves the first run, which can be opened again in the settings. */
function DeskLink() {
  const t = useFirstRunWords();
  return (
    <Link to="/conversations" className="self-start font-medium text-accent-text hover:underline sm:ms-11">
      {t('toDesk')}
    </Link>
  );
}
