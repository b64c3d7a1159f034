/** A page's port of either browser, as the page door uses it. */
import browser from 'webextension-polyfill';
import type { PagePort } from '../ports/ports.ts';

/** Messages that arrive before `ready` are kept: a port does not repeat itself. */
export function pagePort(port: browser.Runtime.Port): PagePort {
  const early: unknown[] = [];
  let closed = false;
  let listener: (message: unknown) => void = (message) => early.push(message);
  port.onMessage.addListener((message: unknown) => {
    listener(message);
    return undefined;
  });
  port.onDisconnect.addListener(() => {
    // Read, or Chrome reports it: a page that goes into the back/forward cache loses its port with an error.
    void browser.runtime.lastError;
    closed = true;
  });
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (next) => {
      listener = next;
      early.splice(0).forEach(next);
    },
    onClosed: (gone) => {
      if (closed) gone();
      else port.onDisconnect.addListener(gone);
    },
  };
}
