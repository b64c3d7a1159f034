/** The page's elements, and the words in which it tells what happened. Server text is only ever text. */

import type { DemoStep } from '../check-list.ts';

/** What kind of thing happened; also `data-kind` of the log line. */
export type Happening =
  | 'found'
  | 'connected'
  | 'called'
  | 'step-up'
  | 'refused'
  | 'released'
  | 'revoked'
  | 'changed'
  | 'failed';

/** Where the page stands; also `data-state` of the status. */
export type Status =
  'starting' | 'no-broker' | 'ready' | 'waiting' | 'connected' | 'disconnected' | 'failed';

const STATUS_WORDS: Record<Status, string> = {
  starting: 'Starting…',
  'no-broker': 'Grantkeeper is missing',
  ready: 'Not connected',
  waiting: 'Waiting…',
  connected: 'Connected',
  disconnected: 'Disconnected',
  failed: 'Did not work',
};

/** The element with this id; the page cannot do without it. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found as T;
}

/** Sets the status, for people and for tests. */
export function showStatus(status: Status): void {
  const box = element('status');
  box.dataset['state'] = status;
  box.textContent = STATUS_WORDS[status];
}

/** What the permissions of the demo's notes mean; of others the raw name is all there is to say. */
const SCOPE_WORDS: Readonly<Record<string, string>> = {
  'notes:read': 'Read your notes',
  'notes:write': 'Add notes',
  'notes:delete': 'Delete notes',
};

/** Lists the scopes that this site holds. */
export function showScopes(scopes: readonly string[]): void {
  const lines = scopes.map((scope) => {
    const line = document.createElement('li');
    const name = document.createElement('code');
    name.textContent = scope;
    line.append(...(SCOPE_WORDS[scope] === undefined ? [] : [`${SCOPE_WORDS[scope]} `]), name);
    return line;
  });
  fill('scopes', lines, 'Nothing yet.');
  element('offline').hidden = scopes.length === 0;
}

/** Says in the strip where credentials were found. */
export function showCredentials(places: readonly string[]): void {
  const strip = element('credentials');
  strip.dataset['count'] = String(places.length);
  strip.textContent = `Credentials in this page: ${places.join(', ') || 'none'}`;
}

/** Shows the counts of the demo, unless they are there already: a screen reader need not be told again. */
export function showCounts(words: string): void {
  const strip = element('counts');
  if (strip.textContent !== words) strip.textContent = words;
  element('counted').hidden = strip.hidden = false;
}

/** Ticks what is done, and marks what comes next. */
export function showCheckList(done: readonly DemoStep[]): void {
  const box = element('try');
  const items = [...box.querySelectorAll<HTMLElement>('[data-step]')];
  const isDone = ({ dataset }: HTMLElement) => done.some((step) => step === dataset['step']);
  for (const item of items) {
    item.dataset['done'] = String(isDone(item));
    element(`${item.dataset['step']}-done`).hidden = !isDone(item);
    item.removeAttribute('aria-current');
  }
  items.find((item) => !isDone(item))?.setAttribute('aria-current', 'step');
  const words = `${items.filter(isDone).length} of ${items.length} done`;
  const progress = element('progress');
  if (progress.textContent !== words) progress.textContent = words;
  box.hidden = false;
}

/** Lists the notes. */
export function showNotes(notes: readonly string[]): void {
  const lines = notes.map((text) => {
    const line = document.createElement('li');
    line.textContent = text;
    return line;
  });
  fill('notes', lines, 'No notes.');
}

/** Adds a line on top of “What happened”, and what it cost. */
export function tell(kind: Happening, text: string, cost = ''): void {
  const line = document.createElement('li');
  line.dataset['kind'] = kind;
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString('en-GB');
  const words = document.createElement('span');
  words.textContent = text;
  const spent = document.createElement('span');
  spent.className = 'spent';
  spent.textContent = cost;
  line.append(time, words, spent);
  element('log').prepend(line);
}

function fill(id: string, lines: readonly HTMLElement[], nothing: string): void {
  const none = document.createElement('li');
  none.textContent = nothing;
  none.className = 'soft';
  element(id).replaceChildren(...(lines.length > 0 ? lines : [none]));
}
