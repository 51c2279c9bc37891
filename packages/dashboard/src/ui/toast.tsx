/** Toasts: short messages at the edge of the screen, with Undo for 8 seconds, or with an error. */
import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { UNDO_MS } from '../session/deferred.ts';
import { useUiWords } from '../words/ui.ts';
import { classes } from './classes.ts';
import { CopyRequestId } from './request-id.tsx';

/** Outside of React, so that a request that ends after its component is gone can still report. */
const manager = Base.createToastManager<{ requestId?: string }>();

/** The content of a toast. */
export interface ToastOptions {
  title: string;
  /** Takes longer to read. */
  description?: string;
  /** A button, e.g. Undo; pressing it closes the toast. */
  action?: { label: string; run: () => void };
  failed?: boolean;
  requestId?: string;
}

/**
 * Shows a toast. One with an action, a description or an error stays for as long as Undo is offered; others for 4 seconds.
 * Errors are announced to screen readers at once.
 */
export function showToast({ title, description, action, failed, requestId }: ToastOptions): void {
  const id = manager.add({
    title,
    description,
    type: failed ? 'failed' : 'done',
    priority: failed ? 'high' : 'low',
    timeout: action || failed || description ? UNDO_MS : 4_000,
    data: { requestId },
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id);
          action.run();
        },
      },
    }),
  });
}

/** The place of the toasts; rendered once. At most three are visible. */
export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed start-4 bottom-4 z-60 flex w-[calc(100vw-32px)] max-w-90 flex-col gap-2 outline-none max-sm:bottom-18">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

/** Base UI pauses the time of all toasts while the pointer or the focus is on one. */
function List() {
  const t = useUiWords();
  const { toasts } = Base.useToastManager<{ requestId?: string }>();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={['down', 'left']}
      className={classes(
        'floats flex items-start gap-3 px-3 py-2.5 text-sm data-[limited]:opacity-0',
        toast.type === 'failed' && 'border-s-3 border-red',
      )}
    >
      <Base.Content className="min-w-0 flex-1">
        <Base.Title className="font-medium" />
        <Base.Description className="text-soft" />
        <CopyRequestId id={toast.data?.requestId} />
      </Base.Content>
      <Base.Action className="rounded-control px-2 py-0.5 font-medium text-accent-text hover:bg-hover" />
      <Base.Close aria-label={t('close')} className="rounded-control p-1 text-icon hover:bg-hover">
        <X aria-hidden size={14} />
      </Base.Close>
    </Base.Root>
  ));
}
