/** How the revocation went (RFC 7009), in words; the row of a grant that is gone. */
import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import type { Disconnection } from '../../shared/grant-view.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { language, text, type PlainKey } from '../kit/text.ts';
import { clockTime, hasNoKnownEnd } from '../kit/time.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { Board } from './board.ts';
import { findSharer, type Ended } from './grouping.ts';

const OUTCOME: Record<Disconnection['revocation'], PlainKey> = {
  revoked: 'outcomeRevoked',
  nothing: 'outcomeNothing',
  unsupported: 'outcomeUnsupported',
  unconfirmed: 'outcomeUnconfirmed',
  shared: 'outcomeShared',
};

/** And until when the access token, which the site may still hold, would live. */
export function RevocationOutcome({ grant, outcome }: Ended) {
  const line = useRef<HTMLParagraphElement>(null);
  // The button that had the focus is gone; but where several end at once, only one of them speaks.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, []);
  const lingering = lingeringWords({ grant, outcome }, Date.now());
  return (
    <>
      <p class="outcome" data-outcome={outcome.revocation} tabIndex={-1} ref={line}>
        {text(wordsOf({ grant, outcome }))}
        {lingering !== undefined && ` ${lingering}`}
      </p>
      {outcome.revocation === 'shared' && <Sharers grant={grant} outcome={outcome} />}
    </>
  );
}

/** Where nobody signed in there was nothing to revoke. */
function wordsOf({ grant: { credential }, outcome: { revocation } }: Ended): PlainKey {
  if (credential === 'key') return 'outcomeKeyStays';
  return credential === 'none' ? 'outcomePublic' : OUTCOME[revocation];
}

/** Of access that was handed out and that nobody has cancelled; undefined when there is none. */
function lingeringWords({ grant, outcome }: Ended, now: number): string | undefined {
  const isOver = outcome.revocation === 'revoked' || grant.issuer === undefined;
  const held = isOver ? undefined : grant.expiresAt;
  const end = outcome.accessEndsAt ?? held ?? 0;
  if (end <= now) return undefined;
  if (hasNoKnownEnd(end)) return text('outcomeLingersOpen');
  return text('outcomeLingers', clockTime(end, now, language()));
}

/** The sites that use the same client there, and the way to disconnect them all (Z21). */
function Sharers({ grant, outcome }: Ended) {
  const { grants, end } = useContext(Board);
  const { state, open, keep, run } = useConfirmed();
  const sites = outcome.sharedWith ?? [];
  const disconnect = async () => {
    const gone = grants.filter((one) => one.issuer === grant.issuer && sites.includes(one.origin));
    const sharer = findSharer({ grant, outcome }, grants);
    const outcomeOfAll = await ask('disconnect', { ...sharer, everySharer: true });
    end([grant, ...gone].map((one) => ({ grant: one, outcome: outcomeOfAll })));
  };
  if (sites.length === 0) return null;
  if (state.step === 'asking') {
    return (
      <Confirm
        question={text('disconnectSharersAsk')}
        names={sites}
        yes={text('disconnectServerConfirm')}
        confirm={() => run(disconnect)}
        keep={keep}
        isGrave
      />
    );
  }
  return (
    <>
      <ul class="sharers" aria-label={text('sharersLabel')}>
        {sites.map((site) => (
          <li key={site}>
            <Address of={site} />
          </li>
        ))}
      </ul>
      {state.step === 'failed' && (
        <p class="warning" role="alert">
          {text('outcomeFailed')}
        </p>
      )}
      {state.step === 'running' ? (
        <p role="status">{text('disconnecting')}</p>
      ) : (
        <AskingButton class="every-sharer" returned={state.step === 'kept'} open={open}>
          {text('disconnectSharers')}
        </AskingButton>
      )}
    </>
  );
}
