/** How a chat connects to an inbox, and how customers prove their identity. */
import { Snippets } from '../connect/snippets.tsx';
import { WaitingForMessage } from '../connect/waiting.tsx';
import { base } from '../session/session.ts';
import { Section } from '../settings/page.tsx';
import { SavedText } from '../settings/saved.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Field } from '../ui/field.tsx';
import { HashTester } from './hash-tester.tsx';
import { HmacToken } from './hmac-token.tsx';
import { IdentityReport } from './identity-report.tsx';
import { IdentityPolicyChoice } from './policy.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

/** In the order in which a developer needs them: address and code, the first message, then identity. */
export function Configuration({ inbox, save, put }: InboxDocument) {
  const t = useInboxWords();
  const { inbox_identifier } = inbox;
  return (
    <>
      <Section title={t('connect')} help={t('connectHelp')}>
        <Field label={t('identifier')} help={t('identifierHelp')}>
          <CopyField value={inbox_identifier} label={t('identifier')} />
        </Field>
        <Field label={t('address')}>
          <CopyField value={`${base}/public/api/v1/inboxes/${inbox_identifier}`} label={t('address')} />
        </Field>
        <Snippets inbox_identifier={inbox_identifier} />
        <WaitingForMessage inbox_id={inbox.id} inbox_identifier={inbox_identifier} />
      </Section>
      <Section title={t('proof')} help={t('proofHelp')}>
        <HmacToken inbox={inbox} put={put} />
        <HashTester token={inbox.hmac_token ?? ''} />
      </Section>
      <Section title={t('identity')} help={t('policyHelp')}>
        <IdentityPolicyChoice inbox={inbox} save={save} />
        <IdentityReport inbox_id={inbox.id} />
      </Section>
      <Section title={t('chatPage')}>
        <SavedText
          label={t('allowedOrigins')}
          help={t('originsHelp')}
          value={inbox.allowed_domains ?? ''}
          placeholder="https://shop.example"
          ltr
          save={(text) => save({ channel: { allowed_domains: text.trim() || null } })}
        />
      </Section>
    </>
  );
}
