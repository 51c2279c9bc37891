/** The dialog that creates or changes a team with its members. */
import type { Agent, Team } from '@hoory/client';
import { useState } from 'react';
import { api } from '../api/api.ts';
import { invalidate, useApi } from '../api/queries.ts';
import { FormDialog } from '../settings/form.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { SearchedList } from '../ui/searched-list.tsx';
import { Checkbox, Switch } from '../ui/switch.tsx';
import { useTeamWords } from './words.ts';

/** Members are sent only when they were changed. */
export function TeamForm({ team, onClose }: { team: Team | undefined; onClose: () => void }) {
  const t = useTeamWords();
  const [allow_auto_assign, setAutoAssign] = useState(team?.allow_auto_assign ?? true);
  const agents = useApi('GET /agents', {});
  const members = useApi('GET /teams/{id}/team_members', { id: team?.id ?? 0 }, { enabled: Boolean(team) });
  const [chosen, setChosen] = useState<readonly number[]>();
  const now = team ? members.data?.map(({ id }) => id) : [];
  const user_ids = chosen ?? now;
  const submit = async (fields: FormData) => {
    const input = {
      name: String(fields.get('name')).trim(),
      description: String(fields.get('description')) || null,
      allow_auto_assign,
    };
    const { id } = team
      ? await api('PATCH /teams/{id}', { id: team.id, ...input })
      : await api('POST /teams', input);
    if (chosen) await api('PATCH /teams/{id}/team_members', { id, user_ids: [...chosen] });
    await invalidate('GET /teams', 'GET /teams/{id}/team_members');
  };
  return (
    <FormDialog title={team ? t('edit') : t('add')} onClose={onClose} submit={submit}>
      <Field label={t('name')} help={t('nameHelp')}>
        <Input name="name" defaultValue={team?.name} required maxLength={255} autoFocus />
      </Field>
      <Field label={t('description')}>
        <Input name="description" defaultValue={team?.description ?? ''} />
      </Field>
      <Field label={t('autoAssign')} help={t('autoAssignHelp')} beside>
        <Switch checked={allow_auto_assign} onChange={setAutoAssign} />
      </Field>
      {agents.data && <MemberBoxes agents={agents.data} chosen={user_ids} onChange={setChosen} />}
    </FormDialog>
  );
}

interface BoxesProps {
  agents: readonly Agent[];
  /** Undefined while it is not known. */
  chosen: readonly number[] | undefined;
  onChange: (chosen: readonly number[]) => void;
}

/** Disabled until the members are known, so that a save never removes one by mistake. */
function MemberBoxes({ agents, chosen, onChange }: BoxesProps) {
  const t = useTeamWords();
  const isMember = ({ id }: Agent) => chosen?.includes(id) ?? false;
  const toggle = (id: number, on: boolean) =>
    chosen && onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <fieldset disabled={!chosen}>
      <legend className="mb-1.5 text-sm font-medium">{t('members')}</legend>
      {/* Made anew once the members are known: they come first where there are many agents. */}
      <SearchedList
        key={chosen ? 'known' : 'unknown'}
        items={agents}
        textOf={({ name, email }) => `${name} ${email}`}
        isFirst={isMember}
      >
        {(some) => (
          <div className="flex flex-col gap-2">
            {some.map((agent) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: the box inside it is the control
              <label key={agent.id} className="flex items-center gap-2">
                <Checkbox
                  checked={isMember(agent)}
                  disabled={!chosen}
                  onChange={(on) => toggle(agent.id, on)}
                />
                <Avatar name={agent.name} url={agent.thumbnail} size={20} />
                {agent.name}
              </label>
            ))}
          </div>
        )}
      </SearchedList>
    </fieldset>
  );
}
