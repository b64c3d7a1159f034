/** Who wanted what of whom: the site, and an arrow to the server. */
import { Address } from '../kit/address.tsx';
import { text } from '../kit/text.ts';

interface SiteToServerProps {
  origin: string;
  /** Absent where it is about the site as a whole. */
  resource: string | undefined;
  id?: string;
}

/** The arrow is drawn; a screen reader says a word instead. */
export function SiteToServer({ origin, resource, id }: SiteToServerProps) {
  return (
    <p class="event-parties" id={id}>
      <Address of={origin} />
      {resource !== undefined && (
        <>
          {' '}
          <span class="arrow" aria-hidden="true">
            →
          </span>
          <span class="unseen">{text('eventAtServer')}</span> <Address of={resource} />
        </>
      )}
    </p>
  );
}
