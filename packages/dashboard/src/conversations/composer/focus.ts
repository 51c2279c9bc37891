/** When the composer takes the focus: only where somebody asks for it. Moving with `J` and `K` does not, so that it goes on. */
import { type RefObject, useEffect } from 'react';

let wanted: number | undefined;
let take = () => {};

/** Focuses the composer of the conversation, now or once it is there; with `undefined`, no longer. */
export function focusComposer(conversation_id: number | undefined): void {
  wanted = conversation_id;
  take();
}

/** A screen without a pointer has its keyboard on it, which would cover the messages: there it waits for a tap. */
export function useComposerFocus(conversation_id: number, area: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    take = () => {
      if (wanted !== conversation_id) return;
      wanted = undefined;
      if (matchMedia('(hover: hover)').matches) area.current?.focus({ preventScroll: true });
    };
    take();
    return () => {
      take = () => {};
    };
  }, [conversation_id, area]);
}
