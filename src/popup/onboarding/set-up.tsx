/** The second page: the icon, and access to servers; and what came of it. */
import { documentLink } from '../kit/document-link.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { PinHint } from './pin-hint.tsx';
import type { HeadingProps } from './when.tsx';

/** Whether the browser is asked for each server when it is needed, or once for all. */
export type HostAccessChoice = 'each' | 'all';

interface AccessProps {
  /** Access to all servers is held already. */
  hasAll: boolean;
  /** Firefox: without this access no site reaches us, and the install has given it. */
  hasRelay: boolean;
  choice: HostAccessChoice;
  choose: (choice: HostAccessChoice) => void;
  /** Asks the browser for all of it, inside the click. */
  give: () => void;
}

/** What there is to do; afterwards what holds stands in the place of the choice. */
export function SetUp(props: HeadingProps & AccessProps & { isDone: boolean }) {
  const { heading, isDone, hasAll, hasRelay } = props;
  const isShut = hasRelay && !hasAll;
  const done: PlainKey = isShut ? 'welcomeShutHeading' : 'welcomeDoneHeading';
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>
        {text(isDone ? done : 'welcomeSetUpHeading')}
      </h1>
      {isDone && <Outcome {...props} />}
      <section class="part" aria-labelledby="pin-heading">
        <h2 id="pin-heading">{text('welcomePinHeading')}</h2>
        <p>{text('welcomePinWhy')}</p>
        <div class="pinning">
          <ol class="numbered">
            <li>{text('welcomePinOpen')}</li>
            <li>{text(hasRelay ? 'welcomePinFirefox' : 'welcomePinChrome')}</li>
          </ol>
          <PinHint hasGear={hasRelay} />
        </div>
      </section>
      {!isDone && (hasRelay ? <RelayAccess {...props} /> : <Access {...props} />)}
    </>
  );
}

/** Where the browser leaves a choice; its own words come first, since they say more than what happens. */
function Access({ hasAll, choice, choose }: AccessProps) {
  return (
    <section class="part" aria-labelledby="reach-heading">
      <h2 id="reach-heading">{text('welcomeReachHeading')}</h2>
      {hasAll ? (
        <p class="next" id="reach-held">
          {text('welcomeReachHeld')}
        </p>
      ) : (
        <>
          <p id="reach-lead">{text('welcomeReachLead')}</p>
          <fieldset class="reach" aria-labelledby="reach-heading" aria-describedby="reach-lead">
            <Option of="each" {...{ choice, choose }} />
            <Option of="all" {...{ choice, choose }} />
          </fieldset>
        </>
      )}
      <p class="hint">{text('welcomeReachLater')}</p>
    </section>
  );
}

/** Firefox has asked already, in words that frighten: what they stand for, and what happens without. */
function RelayAccess({ hasAll, give }: AccessProps) {
  return (
    <section class="part" id="reach-relay" aria-labelledby="reach-heading">
      <h2 id="reach-heading">{text('welcomeRelayHeading')}</h2>
      <p>{text('welcomeRelayWhy')}</p>
      {hasAll ? (
        <p class="hint">{text('welcomeRelayRemove')}</p>
      ) : (
        <>
          <p class="warning">{text('welcomeRelayMissing')}</p>
          <Give give={give} />
        </>
      )}
    </section>
  );
}

function Give({ give }: Pick<AccessProps, 'give'>) {
  return (
    <button id="give" class="button" type="button" onClick={give}>
      {text('welcomeRelayGive')}
    </button>
  );
}

const OPTIONS: Record<HostAccessChoice, { label: PlainKey; hint: PlainKey }> = {
  each: { label: 'welcomeReachEach', hint: 'welcomeReachEachHint' },
  all: { label: 'welcomeReachAll', hint: 'welcomeReachAllHint' },
};

function Option({
  of,
  choice,
  choose,
}: Pick<AccessProps, 'choice' | 'choose'> & { of: HostAccessChoice }) {
  const { label, hint } = OPTIONS[of];
  return (
    <div class="option">
      <input
        type="radio"
        name="reach"
        id={`reach-${of}`}
        checked={choice === of}
        aria-describedby={`reach-${of}-hint`}
        onChange={() => choose(of)}
      />
      <label for={`reach-${of}`}>{text(label)}</label>
      <p class="hint" id={`reach-${of}-hint`}>
        {text(hint)}
      </p>
    </div>
  );
}

function Outcome({ hasAll, hasRelay, give }: AccessProps) {
  const without: PlainKey = hasRelay ? 'welcomeRelayMissing' : 'welcomeDoneEach';
  const isShut = hasRelay && !hasAll;
  return (
    <>
      <p class={isShut ? 'warning' : 'next'} id="outcome" role="status">
        {text(hasAll ? 'welcomeDoneAll' : without)}
      </p>
      {isShut && <Give give={give} />}
      <p>{text('welcomeDoneNext')}</p>
      <p>
        <a id="to-settings" href={documentLink('settings')}>
          {text('openSettings')}
        </a>
      </p>
    </>
  );
}
