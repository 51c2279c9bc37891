/** How a contact reached the company: its sessions, each verified or not, with what it claims without proof. */
import type { Contact } from '@hoory/client';
import { BadgeCheck } from 'lucide-react';
import { Section } from '../settings/page.tsx';
import { Chip } from '../ui/chip.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { useContactWords } from './words.ts';

/** The source id is a secret: whoever knows it can act as the customer, so it is hidden until asked for. */
export function Sessions({ contact: { contact_inboxes = [] } }: { contact: Contact }) {
  const t = useContactWords();
  return (
    <Section title={t('sessions')} help={t('sessionsHelp')}>
      {!contact_inboxes.length && <p className="text-soft">{t('noSessions')}</p>}
      <ul className="flex flex-col divide-y divide-line rounded-panel border border-line empty:hidden">
        {contact_inboxes.map(({ source_id, inbox, hmac_verified, unverified_claims }) => (
          <li key={`${inbox.id}:${source_id}`} className="flex flex-col gap-2 px-4 py-3">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <span className="font-medium">{inbox.name}</span>
              {hmac_verified ? (
                <Chip tone="green">
                  <span className="inline-flex items-center gap-1">
                    <BadgeCheck aria-hidden size={12} />
                    {t('verified')}
                  </span>
                </Chip>
              ) : (
                <Chip>{t('unverified')}</Chip>
              )}
            </div>
            <CopyField value={source_id} label={t('sourceId', { inbox: inbox.name })} secret />
            {unverified_claims && (
              <p className="rounded-control bg-note px-3 py-2 text-note-text">
                {t('claims')}: <span dir="auto">{Object.values(unverified_claims).join(', ')}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
