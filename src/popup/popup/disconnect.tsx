/** Taking a grant back: asked once more in place; and the same for everything at one server. */
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Disconnection, GrantView } from '../../shared/grant.ts';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { Board } from './board.ts';
import { grantKey, nameOf } from './grouping.ts';

type Stage = 'idle' | 'asking' | 'kept' | 'running' | 'failed';

/** The button, its confirmation, and what came of it if nothing came of it. */
export function Disconnect({ grant }: { grant: GrantView }) {
  const { end } = useContext(Board);
  const [stage, setStage] = useState<Stage>('idle');
  const run = () => {
    setStage('running');
    ask('disconnect', nameOf(grant)).then(
      (outcome) => end([{ grant, outcome }]),
      () => setStage('failed'),
    );
  };
  if (stage === 'running') return <p role="status">{text('disconnecting')}</p>;
  if (stage === 'asking') {
    return (
      <Confirm
        question={text('disconnectAsk')}
        yes={text('disconnectConfirm')}
        confirm={run}
        keep={() => setStage('kept')}
      />
    );
  }
  return (
    <>
      {stage === 'failed' && <Failed />}
      <AskingButton
        class="disconnect"
        label={text('disconnectLabel', grant.origin, grant.resource)}
        returned={stage === 'kept'}
        open={() => setStage('asking')}
      >
        {text('disconnect')}
      </AskingButton>
    </>
  );
}

type ServerStage = { step: Stage } | { step: 'over'; answers: Disconnection[] };

/** All sites and accounts at one server; `grants` are those that are alive. */
export function DisconnectServer({ resource, grants }: { resource: string; grants: GrantView[] }) {
  const { end } = useContext(Board);
  const [stage, setStage] = useState<ServerStage>({ step: 'idle' });
  const run = () => {
    setStage({ step: 'running' });
    const held = new Map(grants.map((grant) => [grantKey(grant), grant]));
    ask('disconnectServer', { resource }).then(
      (answers) => {
        end(
          answers.flatMap((answer) => {
            const { origin: _, resource: _resource, account: _account, ...outcome } = answer;
            const grant = held.get(grantKey(answer));
            return grant ? [{ grant, outcome }] : [];
          }),
        );
        setStage({ step: 'over', answers });
      },
      () => setStage({ step: 'failed' }),
    );
  };
  if (stage.step === 'running') return <p role="status">{text('disconnecting')}</p>;
  if (stage.step === 'asking') {
    return (
      <Confirm
        question={text('disconnectServerAsk', String(grants.length))}
        yes={text('disconnectServerConfirm')}
        confirm={run}
        keep={() => setStage({ step: 'kept' })}
      />
    );
  }
  return (
    <>
      {stage.step === 'failed' && <Failed />}
      {stage.step === 'over' && <ServerOutcome answers={stage.answers} />}
      {grants.length > 1 && (
        <AskingButton
          class="disconnect-server"
          label={text('disconnectServerLabel', resource)}
          returned={stage.step === 'kept'}
          open={() => setStage({ step: 'asking' })}
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
