/** The head of every page of ours that fills a tab: where one is, and the way to the others. */
import { documentLink } from './document-link.ts';
import { Masthead } from './mark.tsx';
import { text } from './text.ts';

/** `trace` is inside the part for developers, and no page of its own. */
type Place = 'log' | 'traces' | 'trace' | 'settings';

/** The same three links everywhere. */
export function PageHead({ at }: { at: Place }) {
  // Inside the activity page they only turn its leaves.
  const activity = at === 'settings' ? documentLink('activity') : '';
  const current = (name: Place) => (at === name ? 'page' : undefined);
  return (
    <div class="page-head">
      <Masthead />
      <nav aria-label={text('pagesLabel')}>
        <a href={activity === '' ? '#' : activity} aria-current={current('log')}>
          {text('activityTitle')}
        </a>
        <a href={`${activity}#traces`} aria-current={at === 'trace' ? 'true' : current('traces')}>
          {text('tracesLink')}
        </a>
        <a href={documentLink('settings')} aria-current={current('settings')}>
          {text('settingsLink')}
        </a>
      </nav>
    </div>
  );
}
