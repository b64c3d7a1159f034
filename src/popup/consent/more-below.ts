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
  const hidden = end.getBoundingClientRect().top - foot.getBoundingClientRect().top;
  return hidden - heightOfLine() > EMPTY_END;
}

/**
 * How much higher the footer is for the line that says what Allow waits for and that there is more; CSS pixels. It
 * is taken off before anything is measured: the line would be its own cause.
 */
export function heightOfLine(): number {
  const line = document.querySelector('.arming');
  if (!line || !hasBox(line)) return 0;
  let next = line.nextElementSibling;
  while (next && !hasBox(next)) next = next.nextElementSibling;
  const below = next?.getBoundingClientRect() ?? line.getBoundingClientRect();
  return below.top - line.getBoundingClientRect().top;
}

/** False for what isn't shown, and for what is nothing but its parts. */
const hasBox = (part: Element) => part.getClientRects().length > 0;
