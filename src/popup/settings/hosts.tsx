/** Which hosts the browser lets us read (Z13), and giving that back. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isEveryServer, patternAddress } from '../kit/address-parts.ts';
import { Address } from '../kit/address.tsx';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import {
  ALL_SERVERS,
  dropHostAccess,
  isReachedByRelay,
  listHostAccess,
  onHostAccess,
  requestHostAccess,
} from '../kit/host-access.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { useLive } from '../kit/use-live.ts';
import { Section, StatusLine } from './section.tsx';

type Said = 'hostsRemoved' | 'hostsKept' | 'hostsUnchanged';

/** The list, as the browser tells it. */
export function Hosts() {
  const load = useCallback(() => listHostAccess(), []);
  const { value: patterns, reload } = useLive(load);
  useEffect(() => onHostAccess(reload), [reload]);
  const [said, setSaid] = useState<Said>();
  const drop = async (some: readonly string[]) => {
    const done = await dropHostAccess(some);
    setSaid(done ? 'hostsRemoved' : 'hostsKept');
    reload();
  };
  const hasAll = ALL_SERVERS.every((pattern) => patterns?.includes(pattern));
  return (
    <Section id="hosts" heading="hostsHeading" explained="hostsExplained">
      {isReachedByRelay() && <p class="hint">{text('hostsRelay')}</p>}
      {patterns?.length === 0 && <p id="no-hosts">{text('hostsNone')}</p>}
      {patterns && patterns.length > 0 && <HostList patterns={patterns} drop={drop} />}
      <StatusLine said={said && text(said satisfies PlainKey)} bad={said === 'hostsKept'} />
      {patterns && patterns.length > 1 && <DropAll drop={() => drop(patterns)} />}
      {patterns && !hasAll && <AllowAll answered={() => setSaid('hostsUnchanged')} />}
    </Section>
  );
}

interface HostListProps {
  patterns: readonly string[];
  drop: (patterns: readonly string[]) => Promise<void>;
}

function HostList({ patterns, drop }: HostListProps) {
  return (
    <ul class="lines" id="host-list">
      {patterns.map((pattern) => (
        <HostRow key={pattern} pattern={pattern} drop={() => drop([pattern])} />
      ))}
    </ul>
  );
}

/** Removing one asks nothing, unless sites reach Grantkeeper by it: then all of it stops. */
function HostRow({ pattern, drop }: { pattern: string; drop: () => Promise<void> }) {
  const { state, open, keep, run } = useConfirmed();
  const isAll = isEveryServer(pattern);
  const name = isAll ? text('hostsAll') : patternAddress(pattern);
  const turnsOff = isAll && isReachedByRelay();
  return (
    <li data-host={pattern}>
      <span>{isAll ? <strong>{name}</strong> : <Address of={name} />}</span>
      {state.step === 'asking' ? (
        <TurnOff yes="removeConfirm" confirm={() => run(drop)} keep={keep} />
      ) : (
        <AskingButton
          class="remove-host"
          label={text('hostsRemoveLabel', name)}
          returned={state.step === 'kept'}
          open={turnsOff ? open : () => run(drop)}
        >
          {text('hostsRemove')}
        </AskingButton>
      )}
    </li>
  );
}

interface TurnOffProps {
  yes: PlainKey;
  confirm: () => void;
  keep: () => void;
}

/** Where pages are reached by a script, this access is what the whole of Grantkeeper rests on. */
function TurnOff({ yes, confirm, keep }: TurnOffProps) {
  return (
    <Confirm
      question={text('hostsTurnOffAsk')}
      yes={text(yes)}
      confirm={confirm}
      keep={keep}
      isGrave
    />
  );
}

/** @param answered called when the user has answered, before the list knows what */
function AllowAll({ answered }: { answered: () => void }) {
  // Synchronously inside the click, or the browser does not ask.
  const request = () => void requestHostAccess([...ALL_SERVERS])?.then(answered);
  return (
    <div class="offer">
      <button id="allow-all" class="button button-small" type="button" onClick={request}>
        {text('hostsAllowAll')}
      </button>
      <p class="hint">{text('hostsAllowAllExplained')}</p>
    </div>
  );
}

function DropAll({ drop }: { drop: () => Promise<void> }) {
  const { state, open, keep, run } = useConfirmed();
  if (state.step === 'asking' && isReachedByRelay()) {
    return <TurnOff yes="hostsRemoveAllConfirm" confirm={() => run(drop)} keep={keep} />;
  }
  if (state.step === 'asking') {
    return (
      <Confirm
        question={text('hostsRemoveAllAsk')}
        yes={text('hostsRemoveAllConfirm')}
        confirm={() => run(drop)}
        keep={keep}
      />
    );
  }
  return (
    <AskingButton class="drop-all" returned={state.step === 'kept'} open={open}>
      {text('hostsRemoveAll')}
    </AskingButton>
  );
}
