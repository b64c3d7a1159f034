/** What is on each of the first screens. */
import type { RefObject } from 'preact';
import { documentLink } from '../kit/document-link.ts';
import { Mark } from '../kit/mark.tsx';
import { text, type PlainKey } from '../kit/text.ts';

/** Whether the browser is asked for each server when it is needed, or once for all. */
export type HostAccessChoice = 'each' | 'all';

interface ScreenProps {
  heading: RefObject<HTMLHeadingElement | null>;
}

function Heading({ heading, words }: ScreenProps & { words: PlainKey }) {
  return (
    <h1 tabIndex={-1} ref={heading}>
      {text(words)}
    </h1>
  );
}

function Points({ points }: { points: PlainKey[] }) {
  return (
    <ul class="points">
      {points.map((point) => (
        <li key={point}>{text(point)}</li>
      ))}
    </ul>
  );
}

/** What it does. The picture says the same as the words. */
export function What({ heading }: ScreenProps) {
  return (
    <>
      <Heading heading={heading} words="welcomeWhatHeading" />
      <p class="lead">{text('welcomeWhatLead')}</p>
      <div class="chain" aria-hidden="true">
        <span class="link">{text('welcomeExampleSite')}</span>
        <span class="link link-keeper">
          <Mark size={30} />
          {text('welcomeExampleKeeper')}
        </span>
        <span class="link">{text('welcomeExampleServer')}</span>
      </div>
      <Points points={['welcomeWhatAsk', 'welcomeWhatDecide', 'welcomeWhatBack']} />
    </>
  );
}

/** What it stores. */
export function Keeps({ heading }: ScreenProps) {
  return (
    <>
      <Heading heading={heading} words="welcomeKeepsHeading" />
      <p class="lead">{text('welcomeKeepsLead')}</p>
      <Points
        points={[
          'welcomeKeepsSignIns',
          'welcomeKeepsDecisions',
          'welcomeKeepsNot',
          'welcomeKeepsErase',
        ]}
      />
    </>
  );
}

interface ReachProps extends ScreenProps {
  /** Access to all servers is held already: there is nothing to choose. */
  hasAll: boolean;
  hasRelay: boolean;
  choice: HostAccessChoice;
  choose: (choice: HostAccessChoice) => void;
}

/** The one choice about host access; in Firefox the install has made it already, and that is said. */
export function Reach({ heading, hasAll, hasRelay, choice, choose }: ReachProps) {
  return (
    <>
      <Heading heading={heading} words="welcomeReachHeading" />
      <p class="lead" id="reach-lead">
        {text('welcomeReachLead')}
      </p>
      {hasAll ? (
        <p class="next" id="reach-held">
          {text('welcomeReachHeld')}
        </p>
      ) : (
        <fieldset class="reach" aria-labelledby="reach-lead">
          <Option of="each" {...{ choice, choose }} />
          <Option of="all" {...{ choice, choose }} />
        </fieldset>
      )}
      {hasRelay && <p id="reach-relay">{text('welcomeReachRelay')}</p>}
      <p class="hint">{text('welcomeReachLater')}</p>
    </>
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
}: Pick<ReachProps, 'choice' | 'choose'> & { of: HostAccessChoice }) {
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

/** What came of it, and where the rest is. */
export function Done({ heading, hasAll }: ScreenProps & { hasAll: boolean }) {
  return (
    <>
      <Heading heading={heading} words="welcomeDoneHeading" />
      <p class="next" id="outcome" role="status">
        {text(hasAll ? 'welcomeDoneAll' : 'welcomeDoneEach')}
      </p>
      <p class="lead">{text('welcomeDoneNext')}</p>
      <div class="steps">
        <a id="to-settings" class="button" href={documentLink('settings')}>
          {text('openSettings')}
        </a>
        <button id="close" class="button button-main" type="button" onClick={() => window.close()}>
          {text('welcomeClose')}
        </button>
      </div>
    </>
  );
}
