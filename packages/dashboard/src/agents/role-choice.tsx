/** Agent or administrator, with what each may do. */
import type { Agent } from '@hoory/client';
import { Choice, Choices } from '../ui/choices.tsx';
import { useAgentWords } from './words.ts';

interface Props {
  role: Agent['role'];
  onChange: (role: Agent['role']) => void;
}

/** The role with what it permits. */
export function RoleChoice({ role, onChange }: Props) {
  const t = useAgentWords();
  return (
    <div className="flex flex-col gap-1.5">
      <span className="text-sm font-medium">{t('role')}</span>
      <Choices value={role} label={t('role')} onChange={onChange}>
        <Choice value="agent" label={t('agent')} help={t('agentHelp')} />
        <Choice value="administrator" label={t('administrator')} help={t('administratorHelp')} />
      </Choices>
    </div>
  );
}
