/** The identity policy of an inbox. */
import type { IdentityPolicy } from '@hoory/client';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Choice, Choices } from '../ui/choices.tsx';
import { Field, useSave } from '../ui/field.tsx';
import type { InboxDocument } from './use-inbox.ts';
import { useInboxWords } from './words.ts';

const policies: readonly IdentityPolicy[] = ['legacy', 'safe', 'enforce'];

/** The strictest policy is confirmed when the report shows that it would refuse somebody. */
export function IdentityPolicyChoice({ inbox, save }: Pick<InboxDocument, 'inbox' | 'save'>) {
  const t = useInboxWords();
  const [asking, setAsking] = useState(false);
  const [state, run] = useSave((identity_policy: IdentityPolicy) => save({ identity_policy }));
  const { data: report } = useApi('GET /inboxes/{id}/identity_report', { id: inbox.id });
  const refused = report?.refused.enforce ?? 0;
  const choose = (policy: IdentityPolicy) => {
    if (policy === 'enforce' && refused) setAsking(true);
    else void run(policy);
  };
  return (
    <Field label={t('policy')} state={state}>
      <Choices value={inbox.identity_policy} label={t('policy')} onChange={choose}>
        {policies.map((policy) => (
          <Choice key={policy} value={policy} label={t(policy)} help={t(`${policy}Help`)} />
        ))}
      </Choices>
      {asking && (
        <FormDialog
          title={t('enforceTitle')}
          description={t('enforceWarning', { count: refused })}
          act={t('change')}
          danger
          onClose={() => setAsking(false)}
          submit={() => save({ identity_policy: 'enforce' })}
        />
      )}
    </Field>
  );
}
