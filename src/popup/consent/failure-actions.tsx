/** The buttons below a failure. The one that the advice names comes first, and it alone is filled. */
import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Again, Failure } from '../../shared/prompt.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { helpFor, settingsLink, type HelpView } from './failure-help.ts';
import { useLoopback } from './loopback-way.tsx';

/** Runs the flow again; false when that is no longer possible. */
export type Retry = (again?: Again) => Promise<boolean>;

interface ActionsProps {
  failure: Failure;
  /** Undefined where nobody gets one. */
  report: string | undefined;
  retry: Retry;
}

type Name = HelpView['main'];

/** As they stand where none of them is the main one. */
const ORDER: readonly Name[] = ['report', 'address', 'retry', 'loopback', 'settings', 'close'];

/** Those that help with this failure; Close is always there. */
export function FailureActions({ failure, report, retry }: ActionsProps) {
  const { retry: mayRetry, main, link: linkWords } = helpFor(failure);
  const { state, run } = useConfirmed<boolean>();
  const otherWay = useLoopback(failure, retry);
  const [copied, setCopied] = useState<PlainKey>();
  const started = state.step === 'done' && state.result;
  const isGone = state.step === 'failed' || (state.step === 'done' && !started);
  // A flow that was started again takes the place of this screen.
  const isRunning = state.step === 'running' || started;
  const close = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone.
  useLayoutEffect(() => {
    if (isGone) close.current?.focus();
  }, [isGone]);
  const link = settingsLink(failure);
  const classOf = (name: Name) => (main === name ? 'button button-main' : 'button');
  const start = (work: () => Promise<boolean>) => state.step === 'idle' && run(work);
  const starting = { isRunning, start };
  const copying = { classOf, said: setCopied };
  const buttons: Record<Name, ComponentChild> = {
    report: main === 'report' && <CopyButton name="report" of={report} {...copying} />,
    address: main === 'address' && (
      <CopyButton name="address" of={failure.redirectUri} {...copying} />
    ),
    retry: mayRetry && !isGone && (
      <RunButton id="retry" class={classOf('retry')} {...starting} work={() => retry()}>
        {text('tryAgain')}
      </RunButton>
    ),
    loopback: otherWay !== undefined && !isGone && (
      <RunButton id="use-loopback" class={classOf('loopback')} {...starting} work={otherWay}>
        {text('useLoopback')}
      </RunButton>
    ),
    settings: link !== undefined && linkWords !== undefined && (
      <a id="to-settings" class={classOf('settings')} href={link} target="_blank" rel="noreferrer">
        {text(linkWords)}
      </a>
    ),
    close: (
      <button id="close" class={classOf('close')} type="button" ref={close} onClick={closeWindow}>
        {text('close')}
      </button>
    ),
  };
  return (
    <footer class="choice">
      <p class="arming" role="status">
        {isRunning ? text('tryingAgain') : isGone ? text('retryGone') : copied && text(copied)}
      </p>
      <div class="buttons">
        {buttons[main]}
        {ORDER.filter((name) => name !== main).map((name) => buttons[name])}
      </div>
    </footer>
  );
}

function closeWindow(): void {
  window.close();
}

interface CopyButtonProps {
  name: 'report' | 'address';
  of: string | undefined;
  classOf: (name: Name) => string;
  /** Where it is told whether that went well; the text itself stands above. */
  said: (words: PlainKey) => void;
}

function CopyButton({ name, of, classOf, said }: CopyButtonProps) {
  if (of === undefined) return null;
  const copy = () => {
    navigator.clipboard.writeText(of).then(
      () => said('copied'),
      () => said('copyFailed'),
    );
  };
  return (
    <button id={`copy-${name}`} class={classOf(name)} type="button" onClick={copy}>
      {text(name === 'report' ? 'reportCopy' : 'copyReturn')}
    </button>
  );
}

interface RunButtonProps {
  id: string;
  class: string;
  isRunning: boolean;
  start: (work: () => Promise<boolean>) => void;
  work: () => Promise<boolean>;
  children: string;
}

/** Starts the flow anew, in one way or the other; only one of them at a time. */
function RunButton({ id, class: looks, isRunning, start, work, children }: RunButtonProps) {
  return (
    <button
      id={id}
      class={looks}
      type="button"
      aria-disabled={isRunning}
      onClick={() => start(work)}
    >
      {children}
    </button>
  );
}
