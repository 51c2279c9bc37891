/**
 * The pane of the contact beside a thread: identity, details, attributes, labels, notes, followers and other
 * conversations.
 */
import { BadgeCheck, GitMerge, ShieldQuestion, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type ApiInput, api } from '../../api/api.ts';
import { invalidate, useApi } from '../../api/queries.ts';
import { toText } from '../../contacts/attribute-value.ts';
import { MergeContact } from '../../contacts/merge-contact.tsx';
import type { Conversation, Person } from '../../live/conversation.ts';
import { useDesk, useDeskState } from '../../live/desk.tsx';
import { changeOptimistically } from '../../live/optimistic.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Skeleton } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useConversationWords } from '../words.ts';
import { ContactLabels } from './contact-labels.tsx';
import { Followers } from './followers.tsx';
import { InlineAttributes } from './inline-attribute.tsx';
import { InlineField } from './inline-field.tsx';
import { Notes } from './notes.tsx';
import { OtherConversations } from './other-conversations.tsx';

interface Props {
  id: number;
  onClose: () => void;
}

/** Shows what the conversation knows of its contact at once, and the whole contact when it is loaded. */
export function ContactPane({ id, onClose }: Props) {
  const t = useConversationWords();
  const conversation = useDeskState(({ conversations }) => conversations.get(id));
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center justify-between border-b border-line ps-4 pe-2">
        <h2 className="text-sm font-semibold">{t('customer')}</h2>
        <IconButton icon={X} label={t('closePane')} size="small" onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {conversation ? <ContactDetails conversation={conversation} /> : <PaneSkeleton />}
      </div>
    </div>
  );
}

/** While the conversation itself is not loaded. */
function PaneSkeleton() {
  return (
    <div className="space-y-3 p-4">
      <Skeleton className="size-14 rounded-full" />
      <Skeleton className="h-4 w-1/2" />
      <Skeleton className="h-3 w-4/5" />
      <Skeleton className="h-3 w-3/5" />
    </div>
  );
}

/** The sections of the pane. Their keys make each edited field belong to one contact. */
function ContactDetails({ conversation }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { contact } = conversation;
  const { data, error, refetch } = useApi('GET /contacts/{id}', { id: contact.id });
  const [isMerging, setMerging] = useState(false);
  if (error) return <ErrorState error={error} title={t('contactFailed')} onRetry={() => void refetch()} />;
  const person = data?.payload ?? contact;
  return (
    <>
      <Heading conversation={conversation} person={person} />
      <Details id={contact.id} person={person} />
      <ContactAttributes id={contact.id} values={person.custom_attributes} />
      <ConversationAttributes conversation={conversation} />
      <PaneSection title={t('labels')}>
        <ContactLabels key={contact.id} contact_id={contact.id} />
      </PaneSection>
      <PaneSection title={t('notes')}>
        <Notes key={contact.id} contact_id={contact.id} />
      </PaneSection>
      <PaneSection title={t('followers')}>
        <Followers key={conversation.id} conversation={conversation} />
      </PaneSection>
      <PaneSection title={t('otherConversations')}>
        <OtherConversations contact_id={contact.id} current={conversation.id} />
      </PaneSection>
      <div className="px-4 pb-6">
        <Button look="quiet" size="small" icon={GitMerge} disabled={!data} onClick={() => setMerging(true)}>
          {t('merge')}
        </Button>
      </div>
      {isMerging && data && <MergeContact base={data.payload} onClose={() => setMerging(false)} />}
    </>
  );
}

/** Name and picture, whether the identity is verified, and whether the contact is blocked. */
function Heading({ conversation, person }: { conversation: Conversation; person: Person }) {
  const t = useConversationWords();
  const { contact } = conversation;
  const presence = useDeskState(({ contacts }) => contacts[contact.id]);
  return (
    <div className="flex flex-col items-center gap-2 px-4 pt-5 pb-3 text-center">
      <Avatar name={person.name} url={person.thumbnail} size={56} presence={presence} />
      <p className="text-lg font-semibold break-words">{person.name}</p>
      <Verification conversation={conversation} />
      {contact.blocked && <Chip tone="red">{t('blocked')}</Chip>}
    </div>
  );
}

/** Fields of the contact itself. */
const fields = ['name', 'email', 'phone_number', 'identifier'] as const;
/** Fields among the additional attributes. */
const detailFields = ['company_name', 'city', 'country'] as const;

/** Writes fields of the contact and reads it again. */
async function saveContact(change: ApiInput<'PATCH /contacts/{id}'>): Promise<void> {
  await api('PATCH /contacts/{id}', change);
  await invalidate('GET /contacts/{id}');
}

/** Fields that are edited in place. */
function Details({ id, person }: { id: number; person: Person }) {
  const t = useConversationWords();
  const details = new Map(Object.entries(person.additional_attributes));
  return (
    <PaneSection title={t('details')}>
      {fields.map((key) => (
        <InlineField
          key={`${id} ${key}`}
          label={t(key)}
          value={toText(person[key])}
          isCode={key === 'identifier'}
          onSave={(value) => saveContact({ id, [key]: value })}
        />
      ))}
      {detailFields.map((key) => (
        <InlineField
          key={`${id} ${key}`}
          label={t(key)}
          value={toText(details.get(key))}
          onSave={(value) => saveContact({ id, additional_attributes: { [key]: value } })}
        />
      ))}
    </PaneSection>
  );
}

/** Attributes that the account defines, and any others that the contact has. */
function ContactAttributes({ id, values }: { id: number; values: Record<string, unknown> }) {
  const t = useConversationWords();
  const { data: definitions } = useApi('GET /custom_attribute_definitions', {
    attribute_model: 'contact_attribute',
  });
  if (!definitions?.length && !Object.keys(values).length) return null;
  return (
    <PaneSection title={t('attributes')}>
      <InlineAttributes
        owner={`contact ${id}`}
        definitions={definitions}
        values={values}
        save={(key, value) => saveContact({ id, custom_attributes: { [key]: value } })}
      />
    </PaneSection>
  );
}

/** Attributes of the conversation. The server replaces all of them, so a change sends the others too. */
function ConversationAttributes({ conversation }: { conversation: Conversation }) {
  const t = useConversationWords();
  const { store } = useDesk();
  const { data: definitions } = useApi('GET /custom_attribute_definitions', {
    attribute_model: 'conversation_attribute',
  });
  const { id, custom_attributes: values } = conversation;
  if (!definitions?.length && !Object.keys(values).length) return null;
  const save = async (key: string, value: unknown) => {
    const custom_attributes = { ...values, [key]: value };
    const send = () =>
      api('POST /conversations/{conversation_id}/custom_attributes', {
        conversation_id: id,
        custom_attributes,
      });
    await changeOptimistically(store, { id, change: { custom_attributes }, send });
  };
  return (
    <PaneSection title={t('conversationAttributes')}>
      <InlineAttributes owner={`conversation ${id}`} definitions={definitions} values={values} save={save} />
    </PaneSection>
  );
}

/** Whether the identity is proved by HMAC, and what the session claims without proof: an agent must not trust a claim. */
function Verification({ conversation: { verified, claims } }: { conversation: Conversation }) {
  const t = useConversationWords();
  const claimed = Object.values(claims ?? {}).filter(Boolean);
  if (verified)
    return (
      <Chip tone="green">
        <span className="inline-flex items-center gap-1">
          <BadgeCheck aria-hidden size={13} /> {t('verified')}
        </span>
      </Chip>
    );
  return (
    <>
      <Chip>
        <span className="inline-flex items-center gap-1" title={t('unverifiedHelp')}>
          <ShieldQuestion aria-hidden size={13} /> {t('unverified')}
        </span>
      </Chip>
      {claimed.length > 0 && (
        <p className="rounded-control bg-note px-2 py-1 text-xs text-note-text">
          {t('claims', { claims: claimed.join(', ') })}
        </p>
      )}
    </>
  );
}

/** A section with its heading. */
function PaneSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t border-line px-4 py-3">
      <h3 className="mb-1.5 text-xs font-medium text-soft">{title}</h3>
      {children}
    </section>
  );
}
