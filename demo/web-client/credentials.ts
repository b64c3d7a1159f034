/**
 * Where this page holds a credential: looked for, not remembered. It reads what any script on the page could read, and
 * what its own `fetch` has sent.
 */

/** Where to look. */
export interface Places {
  /** Text that the browser keeps for the site, by the place's name. */
  stored: Readonly<Record<string, string>>;
  /** Objects that the page's own script holds, by name. */
  held: Readonly<Record<string, unknown>>;
  /** How many of the page's own requests had a credential with them. */
  sent: number;
}

/** How deep objects are looked into. */
const MAX_DEPTH = 8;
/** What credentials are called, and how one looks in a text. */
const NAME = /^(?:authorization|(?:access|refresh|id)_?token|client_?secret|api_?key)$/i;
const TEXT = /\bBearer [\w.~+/=-]{8,}|"(?:access|refresh)_token"|\beyJ[\w-]{10,}\./;

/** The names of the places in which a credential was found. */
export function findCredentials({ stored, held, sent }: Places): string[] {
  const inStores = Object.entries(stored).filter(([, text]) => TEXT.test(text));
  const seen = new Set<unknown>();
  const inMemory = Object.entries(held).filter(([, value]) => hasCredential(value, seen, 0));
  const names = [...inStores, ...inMemory].map(([name]) => name);
  return sent > 0 ? [...names, `${sent} requests of its own`] : names;
}

function hasCredential(value: unknown, seen: Set<unknown>, depth: number): boolean {
  if (typeof value === 'string') return TEXT.test(value);
  const isObject = typeof value === 'object' || typeof value === 'function';
  if (!isObject || value === null || seen.has(value) || depth > MAX_DEPTH) return false;
  seen.add(value);
  const entries = value instanceof Headers || value instanceof Map ? [...value] : own(value);
  return entries.some(([name, member]) => {
    const isNamed = NAME.test(String(name)) && typeof member === 'string' && member !== '';
    return isNamed || hasCredential(member, seen, depth + 1);
  });
}

/** Getters are left alone: reading one may do something. */
function own(value: object): [string, unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, member]) => [
    name,
    (member as PropertyDescriptor).value,
  ]);
}

/** Counts the page's own requests that have a credential with them; before the broker is looked for. */
export function countSent(): () => number {
  let sent = 0;
  const native = globalThis.fetch.bind(globalThis);
  globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    if (headers.has('authorization')) sent += 1;
    return native(input, init);
  };
  return () => sent;
}

/** What the browser keeps for this site and hands to its scripts. */
export function readStores(): Record<string, string> {
  return {
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    'the address': location.href,
  };
}
