/**
 * Keeps a thread scrolled to its end while the reader is there. Needed beside the virtual list, because rows get their
 * true height late and the composer grows and shrinks.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** A distance from the end that still counts as the end. */
const NEAR_END_PX = 80;
/** A scroll within this time after wheel, touch, key or press is the reader's own. */
const USER_SCROLL_MS = 600;

/**
 * `height` is the height of all rows as far as they are measured. The reader leaves the end only by scrolling: a scroll
 * that no input preceded comes from the layout and does not count.
 */
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
