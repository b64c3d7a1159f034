/** Starts a document of ours, unless somebody has put it inside a page of theirs (T-14). */
import { render, type ComponentChild } from 'preact';
import { text, type PlainKey } from './text.ts';

/** Security gate, do not remove: a framed or page-opened document could be clicked through. */
function isOnItsOwn(): boolean {
  return window.top === window && window.opener === null;
}

/** Renders into the body; nothing is asked of the background before the gate has been passed. */
export function mount(title: PlainKey, content: () => ComponentChild): void {
  document.documentElement.lang = text('languageTag');
  document.title = text(title);
  render(isOnItsOwn() ? content() : <p class="framed">{text('framed')}</p>, document.body);
}
