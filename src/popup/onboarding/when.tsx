/** The first page: when Grantkeeper matters, what it does, and what it keeps. */
import type { RefObject } from 'preact';
import { Mark } from '../kit/mark.tsx';
import { text, type PlainKey } from '../kit/text.ts';

/** What leads a page. */
export interface HeadingProps {
  heading: RefObject<HTMLHeadingElement | null>;
}

/** The picture says the same as the words. */
export function When({ heading }: HeadingProps) {
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>
        {text('welcomeWhatHeading')}
      </h1>
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
      <details id="keeps">
        <summary>{text('welcomeKeepsHeading')}</summary>
        <p>{text('welcomeKeepsLead')}</p>
        <Points points={KEPT} />
      </details>
    </>
  );
}

const KEPT: PlainKey[] = [
  'welcomeKeepsSignIns',
  'welcomeKeepsDecisions',
  'welcomeKeepsNot',
  'welcomeKeepsErase',
];

function Points({ points }: { points: PlainKey[] }) {
  return (
    <ul class="points">
      {points.map((point) => (
        <li key={point}>{text(point)}</li>
      ))}
    </ul>
  );
}
