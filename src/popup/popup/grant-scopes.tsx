/** The scopes of one grant, each with a way to take it back alone (Z23). */
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GrantView } from '../../shared/grant-view.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import { ask } from '../kit/ask.ts';
import { Confirm } from '../kit/confirm.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { Board } from './board.ts';
import { nameOf } from './grouping.ts';
import { ScopeChips } from './scope-chips.tsx';

/** More scopes than this are folded away. */
const CHIPS_AT_ONCE = 8;

type ScopeOutcome = ExtensionCalls['removeScope']['result']['outcome'];

const OUTCOME: Record<ScopeOutcome | 'failed', PlainKey> = {
  narrowed: 'scopeNarrowed',
  signedOut: 'scopeSignedOut',
  gone: 'scopeGone',
  failed: 'scopeFailed',
};

/** Chips; with buttons where there is more than one, for the last one is what Disconnect is for. */
export function GrantScopes({ grant }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  const { state, open, keep, run } = useConfirmed<ScopeOutcome>();
  const [scope, setScope] = useState('');
  const remove = async () => {
    const { outcome } = await ask('removeScope', { ...nameOf(grant), scope });
    changed();
    return outcome;
  };
  const begin = (chosen: string) => {
    if (state.step === 'running') return;
    setScope(chosen);
    open();
  };
  return (
    <>
      <Chips grant={grant} remove={begin} returned={state.step === 'kept' ? scope : ''} />
      {state.step === 'asking' && (
        <Confirm
          key={scope}
          question={text('scopeAsk', scope)}
          yes={text('scopeConfirm')}
          confirm={() => run(remove)}
          keep={keep}
        />
      )}
      {state.step === 'running' && <p role="status">{text('scopeRemoving', scope)}</p>}
      {state.step === 'done' && <Over outcome={state.result} />}
      {state.step === 'failed' && <Over outcome="failed" />}
    </>
  );
}

function Over({ outcome }: { outcome: ScopeOutcome | 'failed' }) {
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
      {text(OUTCOME[outcome])}
    </p>
  );
}

interface ChipsProps {
  grant: GrantView;
  remove: (scope: string) => void;
  /** The scope whose button gets the focus back. */
  returned: string;
}

function Chips({ grant, remove, returned }: ChipsProps) {
  const all = [...grant.granted, ...grant.ungranted];
  // Without a sign-in that lasts nothing is given at the moment; what counts then is what was allowed.
  const isSignedIn = grant.expiresAt !== undefined;
  const chips = (
    <ScopeChips
      granted={isSignedIn ? grant.granted : all}
      ungranted={isSignedIn ? grant.ungranted : []}
      {...(all.length > 1 && { removal: { site: grant.origin, remove, returned } })}
    />
  );
  if (all.length <= CHIPS_AT_ONCE) return chips;
  return (
    <details>
      <summary>{text('scopesCount', String(all.length))}</summary>
      {chips}
    </details>
  );
}
