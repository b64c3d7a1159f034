/**
 * The secrets of one flow, so that a server which repeats one of them somewhere else does not bring it into a trace
 * (T-32). Held as long as the flow runs, never stored.
 */

/** Something shorter is too common to be taken for the echo of a secret; characters. */
const MIN_SECRET = 8;
/** Names a host and nothing else: half of what a server says begins with one. */
const BARE_ORIGIN = /^https?:\/\/[^/?#@]+\/?$/i;

/** Every text in a JSON value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** What must not be repeated. */
export class Echoes {
  readonly #secrets: Set<string>;

  constructor(secrets: Iterable<string> = []) {
    this.#secrets = new Set();
    this.add(secrets);
  }

  add(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (secret.length >= MIN_SECRET && !BARE_ORIGIN.test(secret)) this.#secrets.add(secret);
    }
  }

  /** These and some more. */
  with(secrets: Iterable<string>): Echoes {
    const both = new Echoes(this.#secrets);
    both.add(secrets);
    return both;
  }

  /** Whether a text has one of them in it, as it is or encoded for a URL. */
  areIn(text: string): boolean {
    const forms = [text, decoded(text)];
    return [...this.#secrets].some((secret) => forms.some((form) => form.includes(secret)));
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
