/** Taking a grant back: asked once more in place; and the same for everything at one server. */
import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import type { Disconnection, GrantView } from '../../shared/grant-view.ts';
import { siteName } from '../kit/address-parts.ts';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { accountLabel } from './account-label.ts';
import { Board, type BoardState } from './board.ts';
import { grantKey, nameOf, namesOf } from './grouping.ts';

/** Takes a grant back, and leaves what came of it on the board. */
export async function endGrant(grant: GrantView, end: BoardState['end']): Promise<void> {
  const outcome = await ask('disconnect', nameOf(grant));
  end([{ grant, outcome }]);
}

/** The button, its confirmation, and what came of it if nothing came of it. */
export function Disconnect({ grant }: { grant: GrantView }) {
  const { end } = useContext(Board);
  const { state, open, keep, run } = useConfirmed();
  // Once it is done, the row shows the outcome instead.
  if (state.step === 'running' || state.step === 'done') {
    return <p role="status">{text('disconnecting')}</p>;
  }
  if (state.step === 'asking') {
    return (
      <Confirm
        question={text('disconnectAsk', siteName(grant.origin), siteName(grant.resource))}
        yes={text('disconnectConfirm')}
        confirm={() => run(() => endGrant(grant, end))}
        keep={keep}
      />
    );
  }
  return (
    <>
      {state.step === 'failed' && <Failed />}
      <AskingButton
        class="disconnect"
        label={text('disconnectLabel', grant.origin, grant.resource)}
        returned={state.step === 'kept'}
        open={open}
      >
        {text('disconnect')}
      </AskingButton>
    </>
  );
}

/** All sites and accounts at one server; `grants` are those that are alive. */
export function DisconnectServer({ resource, grants }: { resource: string; grants: GrantView[] }) {
  const { end } = useContext(Board);
  const { state, open, keep, run } = useConfirmed<Disconnection[]>();
  const disconnect = async () => {
    const held = new Map(grants.map((grant) => [grantKey(grant), grant]));
    const answers = await ask('disconnectServer', { resource });
    end(
      answers.flatMap((answer) => {
        const { origin: _, resource: _resource, account: _account, ...outcome } = answer;
        const grant = held.get(grantKey(answer));
        return grant ? [{ grant, outcome }] : [];
      }),
    );
    return answers;
  };
  if (state.step === 'running') return <p role="status">{text('disconnecting')}</p>;
  if (state.step === 'asking') {
    return (
      <Confirm
        question={text('disconnectServerAsk', siteName(resource))}
        names={namesOf(grants, accountLabel)}
        yes={text('disconnectServerConfirm')}
        confirm={() => run(disconnect)}
        keep={keep}
        isGrave
      />
    );
  }
  return (
    <>
      {state.step === 'failed' && <Failed />}
      {state.step === 'done' && <ServerOutcome answers={state.result} />}
      {grants.length > 1 && (
        <AskingButton
          class="disconnect-server"
          label={text('disconnectServerLabel', resource)}
          returned={state.step === 'kept'}
          open={open}
        >
          {text('disconnectServer')}
        </AskingButton>
      )}
    </>
  );
}

/** The sum of what the revocations said; each row below says its own. */
function ServerOutcome({ answers }: { answers: Disconnection[] }) {
  const line = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => line.current?.focus(), []);
  return (
    <p class="server-outcome" tabIndex={-1} ref={line}>
      {text('serverOutcome', String(answers.length))} {text(sumOf(answers, Date.now()))}
    </p>
  );
}

function sumOf(answers: Disconnection[], now: number): PlainKey {
  const isClear = answers.every(
    ({ revocation }) => revocation === 'revoked' || revocation === 'nothing',
  );
  if (!isClear) return 'serverOutcomeUnclear';
  const isEnding = answers.some(({ accessEndsAt = 0 }) => accessEndsAt > now);
  return isEnding ? 'serverOutcomeEnding' : 'serverOutcomeClear';
}

function Failed() {
  return (
    <p class="outcome warning" role="alert">
      {text('outcomeFailed')}
    </p>
  );
}
