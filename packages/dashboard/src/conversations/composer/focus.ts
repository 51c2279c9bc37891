/**
 * Decides when the composer takes the focus: only when the agent opens a conversation by click or Enter. Moving with `j`
 * and `k` leaves the focus, so that the keys go on working.
 */
import { type RefObject, useEffect } from 'react';

let requestedId: number | undefined;
let takeFocus = () => {};

/** Requests the focus for the composer of a conversation, now or once it is mounted; undefined withdraws the request. */
export function focusComposer(conversation_id: number | undefined): void {
  requestedId = conversation_id;
  takeFocus();
}

/** Takes the requested focus. Not on touch screens: their keyboard would cover the messages before anybody wants to type. */
export function useComposerFocus(conversation_id: number, area: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    takeFocus = () => {
      if (requestedId !== conversation_id) return;
      requestedId = undefined;
      if (matchMedia('(hover: hover)').matches) area.current?.focus({ preventScroll: true });
    };
    takeFocus();
    return () => {
      takeFocus = () => {};
    };
  }, [conversation_id, area]);
}
