/** Taking a grant back: asked once more in place, then the answer of the revocation (RFC 7009) in words. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Disconnection, GrantView } from '../shared/grant.ts';
import { ask } from './ask.ts';
import type { Ended } from './grouping.ts';
import { language, text, type PlainKey } from './text.ts';
import { clockTime } from './time.ts';

type Stage = 'idle' | 'asking' | 'kept' | 'running' | 'failed';

/** The button, its confirmation, and what came of it if nothing came of it. */
export function Disconnect({ grant, end }: { grant: GrantView; end: (ended: Ended) => void }) {
  const [stage, setStage] = useState<Stage>('idle');
  const run = () => {
    setStage('running');
    const { origin, resource, account } = grant;
    ask('disconnect', { origin, resource, account }).then(
      ({ revocation }) => end({ grant, outcome: revocation }),
      () => setStage('failed'),
    );
  };

  if (stage === 'running') return <p role="status">{text('disconnecting')}</p>;
  if (stage === 'asking') return <Confirm confirm={run} keep={() => setStage('kept')} />;
  return (
    <>
      {stage === 'failed' && (
        <p class="outcome warning" role="alert">
          {text('outcomeFailed')}
        </p>
      )}
      <OpenButton grant={grant} returned={stage === 'kept'} open={() => setStage('asking')} />
    </>
  );
}

interface OpenProps {
  grant: GrantView;
  /** True when the user has just declined the confirmation: the focus comes back here. */
  returned: boolean;
  open: () => void;
}

function OpenButton({ grant, returned, open }: OpenProps) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (returned) button.current?.focus();
  }, [returned]);
  return (
    <button
      class="button button-small disconnect"
      type="button"
      ref={button}
      aria-label={text('disconnectLabel', grant.origin, grant.resource)}
      onClick={open}
    >
      {text('disconnect')}
    </button>
  );
}

function Confirm({ confirm, keep }: { confirm: () => void; keep: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.repeat) event.preventDefault();
    if (event.key === 'Escape') {
      // Or the browser closes the whole popup.
      event.preventDefault();
      keep();
    }
  };
  // The second half of a double-click on Disconnect lands here; it was not meant for this button.
  const onConfirm = (event: MouseEvent) => {
    if (event.detail <= 1) confirm();
  };
  return (
    <div class="confirming" role="group" aria-label={text('disconnectAsk')} onKeyDown={onKeyDown}>
      <p>{text('disconnectAsk')}</p>
      <button
        class="button button-small button-grave confirm"
        type="button"
        ref={button}
        onClick={onConfirm}
      >
        {text('disconnectConfirm')}
      </button>
      <button class="button button-small keep" type="button" onClick={keep}>
        {text('disconnectKeep')}
      </button>
    </div>
  );
}

const OUTCOME: Record<Disconnection['revocation'], PlainKey> = {
  revoked: 'outcomeRevoked',
  nothing: 'outcomeNothing',
  unsupported: 'outcomeUnsupported',
  unconfirmed: 'outcomeUnconfirmed',
  shared: 'outcomeShared',
};

/** How the revocation went; and until when the access token, which the site may still hold, would live. */
export function Outcome({ grant, outcome }: Ended) {
  const line = useRef<HTMLParagraphElement>(null);
  // The button that had the focus is gone.
  useLayoutEffect(() => line.current?.focus(), []);
  const now = Date.now();
  const lingers = outcome !== 'revoked' && (grant.expiresAt ?? 0) > now;
  return (
    <p class="outcome" data-outcome={outcome} role="status" tabIndex={-1} ref={line}>
      {text(OUTCOME[outcome])}
      {lingers && ` ${text('outcomeLingers', clockTime(grant.expiresAt ?? 0, now, language()))}`}
    </p>
  );
}
