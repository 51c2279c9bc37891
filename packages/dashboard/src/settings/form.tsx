/** A dialog with one form that creates or changes a record. */
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { requestIdOf, useErrorText } from '../ui/failure.ts';
import { CopyRequestId } from '../ui/request-id.tsx';
import { useSettingsWords } from './words.ts';

interface Props {
  title: string;
  description?: string;
  /** Text of the button that does it. */
  act?: string;
  danger?: boolean;
  wide?: boolean;
  onClose: () => void;
  /** Does it; the dialog closes when it is done, and stays open for `false`. */
  submit: (fields: FormData) => Promise<unknown>;
  children?: ReactNode;
}

/** Closes when `submit` resolves. On an error or `false` it stays open with everything that was typed. */
export function FormDialog({ title, description, act, danger, wide, onClose, submit, children }: Props) {
  const t = useSettingsWords();
  const errorText = useErrorText();
  const id = useId();
  const { busy, error, onSubmit } = useSubmit(submit, onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      wide={wide}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form={id} look={danger ? 'danger' : 'primary'} busy={busy}>
            {act ?? t('save')}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={onSubmit} className="flex flex-col gap-4">
        {children}
        {error !== undefined && (
          <div role="alert" className="rounded-control bg-red-soft px-3 py-2 text-red">
            {errorText(error)}
            <CopyRequestId id={requestIdOf(error)} />
          </div>
        )}
      </form>
    </Dialog>
  );
}

/** State of the request. `busy` disables the button, so that a double click sends once. */
function useSubmit(submit: Props['submit'], onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if ((await submit(new FormData(event.currentTarget))) === false) setBusy(false);
      else onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return { busy, error, onSubmit };
}
