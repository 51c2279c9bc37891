/** Keeps a thread at its end while it is there: rows get their true height late, and the composer grows and shrinks. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** Pixels from the end that still count as being there. */
const NEAR_END_PX = 80;
/** Milliseconds in which a scroll is taken for the reader's own, after they touched wheel, keys or screen. */
const USER_SCROLL_MS = 600;

/** `height` is that of all rows, as far as it is known. */
export function useStayAtEnd(scroller: RefObject<HTMLElement | null>, height: number): void {
  const isAtEnd = useRef(true);
  const toEnd = () => {
    if (isAtEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the height
  useLayoutEffect(toEnd, [height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: listens as long as the element is there
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let touchedAt = 0;
    const touched = () => {
      touchedAt = Date.now();
    };
    const scrolled = () => {
      const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (distance < NEAR_END_PX) isAtEnd.current = true;
      else if (Date.now() - touchedAt < USER_SCROLL_MS) isAtEnd.current = false;
    };
    const kinds = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
    for (const kind of kinds) element.addEventListener(kind, touched, { passive: true });
    element.addEventListener('scroll', scrolled, { passive: true });
    const resized = new ResizeObserver(toEnd);
    resized.observe(element);
    return () => {
      for (const kind of kinds) element.removeEventListener(kind, touched);
      element.removeEventListener('scroll', scrolled);
      resized.disconnect();
    };
  }, []);
}
