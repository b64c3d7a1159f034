/** A shape for each look of a failure: colour alone tells nothing to those who don't see it. */
import type { FailureLook } from '../../shared/failure-look.ts';

/** A pause in a ring, a link that is broken, a shield with a warning. */
const SHAPE: Record<FailureLook, string> = {
  calm: 'M 12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18z M 9.5 8.5v7 M 14.5 8.5v7',
  fault: 'M 9 7H7a5 5 0 0 0 0 10h2 M 15 7h2a5 5 0 0 1 0 10h-2 M 10 12h.01 M 14 12h.01',
  danger: 'M 12 2.5 4 5.5v6c0 5 3.4 8.3 8 10 4.6-1.7 8-5 8-10v-6z M 12 7.5v5.5 M 12 16.5v.01',
};

/** Decoration: the heading beside it says the same. */
export function FailureIcon({ look }: { look: FailureLook }) {
  return (
    <svg class="failure-icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <path d={SHAPE[look]} />
    </svg>
  );
}
