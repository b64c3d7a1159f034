/** Whether part of a question lies behind the footer that stays. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** The question ends in this much empty space; hiding it hides nothing. CSS pixels. */
const EMPTY_END = 16;

/**
 * @param content names what is on the screen: at each change it is measured
 * @returns where the question ends and its footer, to be rendered, and whether there is more than can be seen
 */
export function useMoreBelow(content: string) {
  const end = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLElement>(null);
  const [isMore, setMore] = useState(false);
  useEffect(() => {
    const measure = () => {
      if (end.current && foot.current) setMore(isHidden(end.current, foot.current));
      const height = foot.current?.offsetHeight ?? 0;
      // Paging by key leaves out what the footer covers.
      document.documentElement.style.scrollPaddingBlockEnd = `${String(height)}px`;
    };
    const sizes = new ResizeObserver(measure);
    for (const part of [document.body, foot.current]) if (part) sizes.observe(part);
    window.addEventListener('scroll', measure, { passive: true });
    window.addEventListener('resize', measure);
    measure();
    return () => {
      sizes.disconnect();
      window.removeEventListener('scroll', measure);
      window.removeEventListener('resize', measure);
    };
  }, [content]);
  return { end, foot, isMore };
}

function isHidden(end: HTMLElement, foot: HTMLElement): boolean {
  const hidden = measureWithoutLine(
    () => end.getBoundingClientRect().top - foot.getBoundingClientRect().top,
  );
  return hidden > EMPTY_END;
}

/**
 * Measures as if the line weren't there that says what Allow waits for and that there is more: it makes the footer
 * higher, and would be its own cause.
 */
export function measureWithoutLine(measure: () => number): number {
  const line = document.querySelector<HTMLElement>('.arming');
  if (line) line.style.display = 'none';
  const measured = measure();
  if (line) line.style.display = '';
  return measured;
}
