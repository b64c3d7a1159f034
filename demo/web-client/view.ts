/** The page's elements, and the words in which it tells what happened. Server text is only ever text. */

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
  'no-broker': 'No broker',
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

/** Lists the scopes that this site holds. */
export function showScopes(scopes: readonly string[]): void {
  fill('scopes', scopes, 'Nothing yet.');
}

/** Says in the strip where credentials were found. */
export function showCredentials(places: readonly string[]): void {
  const strip = element('credentials');
  strip.dataset['count'] = String(places.length);
  strip.textContent = `Credentials in this page: ${places.join(', ') || 'none'}`;
}

/** Lists the notes. */
export function showNotes(notes: readonly string[]): void {
  fill('notes', notes, 'No notes.');
}

/** Adds a line on top of “What happened”. */
export function tell(kind: Happening, text: string, milliseconds?: number): void {
  const line = document.createElement('li');
  line.dataset['kind'] = kind;
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString('en-GB');
  const words = document.createElement('span');
  words.textContent = text;
  const took = document.createElement('span');
  took.className = 'took';
  took.textContent = milliseconds === undefined ? '' : `${Math.round(milliseconds)} ms`;
  line.append(time, words, took);
  element('log').prepend(line);
}

function fill(id: string, items: readonly string[], nothing: string): void {
  const lines = (items.length > 0 ? items : [nothing]).map((text) => {
    const line = document.createElement('li');
    line.textContent = text;
    if (items.length === 0) line.className = 'soft';
    return line;
  });
  element(id).replaceChildren(...lines);
}
