/** The keeper's mark, drawn in the colours of the page; the same shape as icons/mark.svg. */

/** Decoration: the name stands beside it. */
export function Mark({ size }: { size: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="1 1 30 30" aria-hidden="true">
      <path class="logo-ring" d="M 16.5 10.4 A 7.5 7.5 0 1 0 18.7 18.0" />
      <path class="logo-key" d="M 11 16 H 30 M 22 17 V 22 M 28 17 V 22" />
    </svg>
  );
}

/** The head of every document of ours; where nothing else is, it is the main heading too. */
export function Masthead({ isHeading = false }: { isHeading?: boolean }) {
  return (
    <header class="masthead">
      <Mark size={22} />
      {isHeading ? <h1>Grantkeeper</h1> : <span>Grantkeeper</span>}
    </header>
  );
}
