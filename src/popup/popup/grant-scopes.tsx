/** The permissions of one grant in plain words, each with a way to take it back alone (Z23). */
import type { ComponentChildren } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GrantView } from '../../shared/grant-view.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import { siteName } from '../kit/address-parts.ts';
import { ask } from '../kit/ask.ts';
import { Confirm } from '../kit/confirm.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed, type UseConfirmed } from '../kit/use-confirmed.ts';
import { Board } from './board.ts';
import { endGrant } from './disconnect.tsx';
import { nameOf } from './grouping.ts';
import { isUseful } from './meanings.ts';
import { PlainScopes } from './plain-scopes.tsx';
import type { ScopeRemoval } from './scope-chips.tsx';

/** `ended`: the user has disconnected the site instead, and its row says so. */
type ScopeOutcome = ExtensionCalls['removeScope']['result']['outcome'] | 'ended';

const OUTCOME: Record<Exclude<ScopeOutcome, 'ended'> | 'failed', PlainKey> = {
  narrowed: 'scopeNarrowed',
  signedOut: 'scopeSignedOut',
  gone: 'scopeGone',
  failed: 'scopeFailed',
};

/** All that the user has allowed, whether or not the server has given it. */
export function allowedScopes({ granted, ungranted }: GrantView): string[] {
  return [...granted, ...ungranted];
}

/** What is being removed, and what came of it. */
interface Removing extends UseConfirmed<ScopeOutcome> {
  scopes: readonly string[];
  removal: ScopeRemoval;
}

/** The state of one row: it is shared by the words, and by the names behind the fold. */
export function useRemoval(grant: GrantView): Removing {
  const confirmed = useConfirmed<ScopeOutcome>();
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const { state, open } = confirmed;
  const remove = (chosen: string[]) => {
    if (state.step === 'running') return;
    setScopes(chosen);
    open();
  };
  const returned = state.step === 'kept' ? scopes : [];
  return { ...confirmed, scopes, removal: { site: grant.origin, remove, returned } };
}

interface ScopesProps {
  grant: GrantView;
  removing: Removing;
}

/** Without a sign-in that lasts nothing is given at the moment; what counts then is what was allowed. */
export function GrantScopes({ grant, removing }: ScopesProps) {
  const all = allowedScopes(grant);
  const shown = grant.expiresAt === undefined ? all : grant.granted;
  return (
    <>
      <PlainScopes
        scopes={shown.length === 0 ? all : shown}
        all={all.length}
        removal={removing.removal}
      />
      <Removal grant={grant} removing={removing} />
    </>
  );
}

/** The question, the work, and what came of it. */
function Removal({ grant, removing }: ScopesProps) {
  const { changed, end } = useContext(Board);
  const { state, scopes, keep, run } = removing;
  const remove = async () => {
    let last: ScopeOutcome = 'gone';
    // One after the other: each may leave other tokens to the next.
    for (const scope of scopes) {
      const { outcome } = await ask('removeScope', { ...nameOf(grant), scope });
      if (outcome !== 'gone') last = outcome;
    }
    changed();
    return last;
  };
  const disconnect = async () => {
    await endGrant(grant, end);
    return 'ended' as const;
  };
  const rest = allowedScopes(grant).filter((scope) => !scopes.includes(scope));
  const [named, site] = [scopes.join(', '), siteName(grant.origin)];
  switch (state.step) {
    case 'idle':
    case 'kept':
      return null;
    case 'running':
      return <p role="status">{text('scopeRemoving', named)}</p>;
    case 'failed':
      return <Over outcome="failed">{text(OUTCOME.failed)}</Over>;
    case 'asking':
      return (
        <Confirm
          key={named}
          question={isUseful(rest) ? text('scopeAsk', named) : text('scopeAskLast', named, site)}
          yes={text('scopeConfirm')}
          confirm={() => run(remove)}
          {...(!isUseful(rest) && {
            instead: { says: text('disconnectInstead'), act: () => run(disconnect) },
          })}
          keep={keep}
        />
      );
    case 'done':
      if (state.result === 'ended') return null;
      if (isUseful(rest)) return <Over outcome={state.result}>{text(OUTCOME[state.result])}</Over>;
      return (
        <Over outcome={state.result}>
          {text('scopeNothingLeft')}{' '}
          <button
            class="button button-small disconnect-rest"
            type="button"
            onClick={() => run(disconnect)}
          >
            {text('disconnectConfirm')}
          </button>
        </Over>
      );
  }
}

interface OverProps {
  outcome: Exclude<ScopeOutcome, 'ended'> | 'failed';
  children: ComponentChildren;
}

function Over({ outcome, children }: OverProps) {
  const line = useRef<HTMLParagraphElement>(null);
  // The button that had the focus is gone.
  useLayoutEffect(() => line.current?.focus(), []);
  const isFailed = outcome === 'failed';
  return (
    <p
      class={isFailed ? 'scope-outcome warning' : 'scope-outcome'}
      data-outcome={outcome}
      role={isFailed ? 'alert' : 'status'}
      tabIndex={-1}
      ref={line}
    >
      {children}
    </p>
  );
}
