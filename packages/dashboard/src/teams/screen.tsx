/** The teams of the account. */
import type { Team } from '@hoory/client';
import { UsersRound } from 'lucide-react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { RecordsPage } from '../settings/records-page.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { TeamForm } from './team-form.tsx';
import { useTeamWords } from './words.ts';

/** Teams of the agent are marked. */
export function Screen() {
  const t = useTeamWords();
  const query = useApi('GET /teams', {});
  return (
    <RecordsPage<Team>
      kind="team"
      t={t}
      icon={UsersRound}
      query={query}
      records={query.data}
      toRow={({ name, description, is_member }) => ({
        name,
        detail: description,
        mark: <Avatar name={name} />,
        end: is_member && <Chip>{t('yours')}</Chip>,
      })}
      form={(team, close) => <TeamForm team={team} onClose={close} />}
      remove={async ({ id }) => {
        await api('DELETE /teams/{id}', { id });
        await invalidate('GET /teams');
      }}
      administrator
    />
  );
}
