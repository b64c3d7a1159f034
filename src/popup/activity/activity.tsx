/**
 * The activity page, in a tab: what happened (`#`), and for developers how each sign-in went (`#traces`,
 * `#trace=<id>`).
 */
import '../../shared/frozen.ts';
import { useEffect, useState } from 'preact/hooks';
import { mount } from '../kit/mount.tsx';
import { PageHead } from '../kit/page-head.tsx';
import { ActivityLog } from './activity-log.tsx';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

type View = { name: 'log' } | { name: 'traces' } | { name: 'trace'; id: string };

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
      <PageHead at={view.name} />
      <main>
        {view.name === 'log' && <ActivityLog />}
        {view.name === 'traces' && <TraceList />}
        {view.name === 'trace' && <TraceView key={view.id} id={view.id} />}
      </main>
    </>
  );
}

mount('activityTitle', () => <Activity />);
