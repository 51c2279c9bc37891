/** The page of one contact: details, labels, attributes, notes, conversations and sessions. */
import type { Contact } from '@hoory/client';
import { Link } from '@tanstack/react-router';
import { BadgeCheck, ChevronLeft, GitMerge } from 'lucide-react';
import { useState } from 'react';
import { useRouteParams } from '../route-paths.ts';
import { Section } from '../settings/page.tsx';
import { SavedSwitch, SavedText } from '../settings/saved.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useTimes } from '../words/time.ts';
import { Attributes } from './attributes.tsx';
import { Conversations } from './conversations.tsx';
import { DeleteContact } from './delete-contact.tsx';
import { Labels } from './labels.tsx';
import { MergeContact } from './merge-contact.tsx';
import { Notes } from './notes.tsx';
import { Sessions } from './sessions.tsx';
import { type SaveContact, useContact } from './use-contact.ts';
import { useContactWords } from './words.ts';

/** The id is in the path. Every section loads and fails by itself. */
export function Screen() {
  const t = useContactWords();
  const { id = '' } = useRouteParams();
  const { contact, error, refetch, save, put } = useContact(Number(id));
  return (
    <div className="h-full overflow-y-auto">
      <article className="mx-auto flex max-w-180 flex-col gap-8 px-4 pt-6 pb-24 sm:px-8">
        <Link
          to="/contacts"
          className="-ms-1 inline-flex items-center gap-0.5 self-start text-soft hover:text-ink"
        >
          <ChevronLeft aria-hidden size={16} className="rtl:-scale-x-100" />
          {t('back')}
        </Link>
        {error ? (
          <ErrorState error={error} title={t('contactFailed')} onRetry={() => void refetch()} />
        ) : contact ? (
          <>
            <Heading contact={contact} />
            <Details contact={contact} save={save} />
            <Labels contact_id={contact.id} />
            <Attributes contact={contact} save={save} put={put} />
            <Notes contact_id={contact.id} />
            <Conversations contact_id={contact.id} />
            <Sessions contact={contact} />
            <DeleteContact contact={contact} />
          </>
        ) : (
          <ContactSkeleton />
        )}
      </article>
    </div>
  );
}

/** Verified as soon as one of the sessions is. */
function Heading({ contact }: { contact: Contact }) {
  const t = useContactWords();
  const times = useTimes();
  const [merging, setMerging] = useState(false);
  const { name, thumbnail, availability_status, contact_inboxes, last_activity_at, created_at } = contact;
  const isVerified = contact_inboxes?.some(({ hmac_verified }) => hmac_verified);
  return (
    <header className="flex flex-wrap items-center gap-4">
      <Avatar name={name} url={thumbnail} size={56} presence={availability_status} />
      <div className="flex min-w-0 flex-1 basis-48 flex-col gap-0.5">
        <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold">
          <span className="min-w-0 break-words">{name}</span>
          {isVerified ? (
            <Chip tone="green">
              <span className="inline-flex items-center gap-1" title={t('verifiedHelp')}>
                <BadgeCheck aria-hidden size={12} />
                {t('verified')}
              </span>
            </Chip>
          ) : (
            <Chip>{t('unverified')}</Chip>
          )}
        </h1>
        <p className="text-xs text-soft">
          {last_activity_at !== undefined
            ? t('active', { time: times.short(last_activity_at) })
            : created_at !== undefined && t('created', { time: times.short(created_at) })}
        </p>
      </div>
      <Button icon={GitMerge} onClick={() => setMerging(true)}>
        {t('merge')}
      </Button>
      {merging && <MergeContact base={contact} onClose={() => setMerging(false)} />}
    </header>
  );
}

/** Each field saves by itself; an empty one is stored as null. */
function Details({ contact, save }: { contact: Contact; save: SaveContact }) {
  const t = useContactWords();
  return (
    <Section title={t('details')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <SavedText label={t('name')} value={contact.name} save={(name) => save({ name })} />
        <SavedText
          label={t('email')}
          value={contact.email ?? ''}
          type="email"
          ltr
          save={(email) => save({ email: email.trim() || null })}
        />
        <SavedText
          label={t('phone')}
          help={t('phoneHelp')}
          value={contact.phone_number ?? ''}
          ltr
          save={(phone_number) => save({ phone_number: phone_number.trim() || null })}
        />
        <SavedText
          label={t('identifier')}
          help={t('identifierHelp')}
          value={contact.identifier ?? ''}
          ltr
          save={(identifier) => save({ identifier: identifier.trim() || null })}
        />
      </div>
      <SavedSwitch
        label={t('blocked')}
        help={t('blockedHelp')}
        value={contact.blocked}
        save={(blocked) => save({ blocked })}
      />
    </Section>
  );
}

/** The shape of heading and details. */
function ContactSkeleton() {
  return (
    <>
      <div className="flex items-center gap-4">
        <Skeleton className="size-14 rounded-full" />
        <Skeleton className="h-6 w-40" />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
      </div>
    </>
  );
}
