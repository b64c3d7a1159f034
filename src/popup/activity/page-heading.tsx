/** The main heading of a view that may have taken the place of another one. */
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Whether this document has shown a heading before. */
let isLater = false;

/** Takes the focus when the user came by a link inside the page, so that a screen reader says where they are. */
export function PageHeading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (isLater) heading.current?.focus();
    isLater = true;
  }, []);
  return (
    <h1 tabIndex={-1} ref={heading}>
      {children}
    </h1>
  );
}
