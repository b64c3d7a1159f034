/** One row of the activity log in plain words. */
import type { ActivityKind, ActivityRow } from '../../shared/activity.ts';
import { Address } from '../kit/address.tsx';
import { compact } from '../../shared/facts/compact.ts';
import { failureSentence } from '../kit/failure-sentence.ts';
import { language, plural, text, type PlainKey } from '../kit/text.ts';
import { SiteToServer } from './site-to-server.tsx';

/** What it says; a `used` row says how often. */
const WORDS: Record<ActivityKind, PlainKey> = {
  allowed: 'didAllow',
  denied: 'didDeny',
  dismissed: 'didDismiss',
  connected: 'didConnect',
  widened: 'didWiden',
  narrowed: 'didNarrow',
  renewed: 'didRenew',
  used: 'didUse',
  disconnected: 'didDisconnect',
  ended: 'didEnd',
  paused: 'didPause',
  resumed: 'didResume',
  sealed: 'didSeal',
  opened: 'didUnseal',
  failed: 'didFail',
};

/** When, what, which site and which server; of a failure why, and the way to its trace. */
export function ActivityItem({ row }: { row: ActivityRow }) {
  const { kind, at, origin, resource, scopes } = row;
  return (
    <li class={`event event-${kind}`} data-kind={kind} data-row={row.id}>
      <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
      <div class="event-body">
        <p class="event-words">{wordsFor(row)}</p>
        <SiteToServer origin={origin} resource={resource} />
        {scopes.length > 0 && kind !== 'used' && kind !== 'renewed' && (
          <ul class="chips" aria-label={text('eventScopes')}>
            {scopes.map((scope) => (
              <li key={scope}>
                <code>{scope}</code>
              </li>
            ))}
          </ul>
        )}
        {kind === 'failed' && <Why row={row} />}
      </div>
    </li>
  );
}

function Why({ row: { code = 'internal_error', reason, host, flow } }: { row: ActivityRow }) {
  const { words, namesHost } = failureSentence(compact({ code, reason, host }));
  return (
    <>
      <p class="event-why">
        {words}
        {host !== undefined && !namesHost && (
          <>
            {' '}
            {text('failureAt')} <Address of={host} />
          </>
        )}
      </p>
      <p class="hint">
        {text('eventCode', reason === undefined ? code : `${code}, ${reason}`)}{' '}
        {flow !== undefined && (
          <a href={`#trace=${encodeURIComponent(flow)}`}>{text('eventTrace')}</a>
        )}
      </p>
    </>
  );
}

function wordsFor({ kind, count = 1 }: ActivityRow): string {
  return kind === 'used' ? plural(count, 'didUse', 'didUseOften') : text(WORDS[kind]);
}

function clock(at: number): string {
  return new Intl.DateTimeFormat(language(), { hour: 'numeric', minute: '2-digit' }).format(at);
}
