/** A page's port of either browser, as the page door uses it. */
import browser from 'webextension-polyfill';
import { boundPage } from '../../shared/facts/plain-message.ts';
import type { Port } from '../ports/ports.ts';

/** Messages kept before `ready`: all that the SDK repeats when the worker was stopped, and no flood. */
const EARLY = 256;

/**
 * Messages that arrive before `ready` are kept: a port does not repeat itself. More than a few are no page of ours.
 * @param bound makes of a message what is worth keeping
 */
export function pagePort<Said>(
  port: browser.Runtime.Port,
  bound: (message: unknown) => unknown = boundPage,
  most = EARLY,
): Port<Said> {
  const early: unknown[] = [];
  const leaving: (() => void)[] = [];
  let isClosed = false;
  let listener = (message: unknown) => {
    if (early.push(bound(message)) > most) close();
  };
  const gone = () => {
    isClosed = true;
    listener = () => undefined;
    early.length = 0;
    for (const leave of leaving.splice(0)) leave();
  };
  const close = () => {
    gone();
    port.disconnect();
  };
  hear(port, (message) => listener(message), gone);
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (next) => {
      if (!isClosed) listener = next;
      early.splice(0).forEach(next);
    },
    onClosed: (leave) => {
      if (isClosed) leave();
      else leaving.push(leave);
    },
    close,
  };
}

function hear(port: browser.Runtime.Port, heard: (message: unknown) => void, gone: () => void) {
  port.onMessage.addListener((message: unknown) => {
    heard(message);
    return undefined;
  });
  port.onDisconnect.addListener(() => {
    // Read, or Chrome reports it: a page that goes into the back/forward cache loses its port with an error.
    void browser.runtime.lastError;
    gone();
  });
}
