/** A field of a document: label, control, short help, and a tick once it is saved. */
import { Field as Base } from '@base-ui/react/field';
import { Check, LoaderCircle } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useUiWords } from '../words/ui.ts';
import { useErrorText } from './failure.ts';

/** State of the last save of one field. */
export interface SaveState {
  status: 'idle' | 'saving' | 'saved' | 'failed';
  error?: unknown;
}

interface Props {
  label: string;
  help?: ReactNode;
  state?: SaveState;
  /** The typed value is invalid: why. */
  /** The fault of the typed value, if it is invalid. */
  fault?: string;
  /** The label stands beside the control: for switches. */
  beside?: boolean;
  children: ReactNode;
}

/**
 * Connects label, help and error with the control inside it, for screen readers too. `fault` is wrong input, `state` the
 * outcome of a save.
 */
export function Field({ label, help, state, fault, beside, children }: Props) {
  const errorText = useErrorText();
  const failed = state?.status === 'failed' ? errorText(state.error) : undefined;
  return (
    <Base.Root invalid={Boolean(fault ?? failed)} className="flex flex-col gap-1.5">
      <div className={beside ? 'flex items-center justify-between gap-4' : 'flex items-center gap-2'}>
        <Base.Label className="text-sm font-medium">{label}</Base.Label>
        <span className="flex items-center gap-2">
          <SaveMark state={state} />
          {beside && children}
        </span>
      </div>
      {!beside && children}
      {help && <Base.Description className="text-xs text-soft">{help}</Base.Description>}
      {(fault ?? failed) && (
        <p role="alert" className="text-xs text-red">
          {fault ?? failed}
        </p>
      )}
    </Base.Root>
  );
}

/** The spinner appears late (see `appears-late` in styles.css), so that a quick save shows only the tick. */
function SaveMark({ state }: { state?: SaveState }) {
  const t = useUiWords();
  if (state?.status === 'saving')
    return <LoaderCircle aria-label={t('saving')} size={14} className="appears-late text-icon" />;
  if (state?.status !== 'saved') return null;
  return (
    <span role="status" className="inline-flex items-center gap-1 text-xs text-green">
      <Check aria-hidden size={14} /> {t('saved')}
    </span>
  );
}

/**
 * Saves one field by itself: the state for `Field`, and a function that saves and resolves to whether it succeeded. It
 * does not throw: the field shows the error, and keeps what was typed.
 */
export function useSave<Value>(
  save: (value: Value) => Promise<unknown>,
): [SaveState, (value: Value) => Promise<boolean>] {
  const [state, setState] = useState<SaveState>({ status: 'idle' });
  useEffect(() => {
    if (state.status !== 'saved') return;
    const timer = setTimeout(() => setState({ status: 'idle' }), 3_000);
    return () => clearTimeout(timer);
  }, [state]);
  const run = async (value: Value) => {
    setState({ status: 'saving' });
    try {
      await save(value);
      setState({ status: 'saved' });
      return true;
    } catch (error) {
      setState({ status: 'failed', error });
      return false;
    }
  };
  return [state, run];
}
