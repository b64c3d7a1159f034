/**
 * The activity page, in a tab: what happened (`#`), and for developers how each sign-in went (`#traces`,
 * `#trace=<id>`).
 */
import '../../shared/frozen.ts';
import { useEffect, useState } from 'preact/hooks';
import { documentLink } from '../kit/document-link.ts';
import { Masthead } from '../kit/mark.tsx';
import { mount } from '../kit/mount.tsx';
import { text } from '../kit/text.ts';
import { ActivityLog } from './activity-log.tsx';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

type View = { name: 'log' } | { name: 'traces' } | { name: 'trace'; id: string };

/** A single trace is inside the part, not its page. */
const DEVELOPERS = { log: undefined, traces: 'page', trace: 'true' } as const;

function viewIn(hash: string): View {
  if (hash === '#traces') return { name: 'traces' };
  const id = new URLSearchParams(hash.slice(1)).get('trace');
  return id === null ? { name: 'log' } : { name: 'trace', id };
}

function Activity() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const view = viewIn(hash);
  return (
    <>
      <div class="page-head">
        <Masthead />
        <nav aria-label={text('pagesLabel')}>
          <a href="#" aria-current={view.name === 'log' ? 'page' : undefined}>
            {text('activityTitle')}
          </a>
          <a href="#traces" aria-current={DEVELOPERS[view.name]}>
            {text('tracesLink')}
          </a>
          <a href={documentLink('settings')}>{text('settingsLink')}</a>
        </nav>
      </div>
      <main>
        {view.name === 'log' && <ActivityLog />}
        {view.name === 'traces' && <TraceList />}
        {view.name === 'trace' && <TraceView key={view.id} id={view.id} />}
      </main>
    </>
  );
}

mount('activityTitle', () => <Activity />);
