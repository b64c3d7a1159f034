/**
 * What can be a key of the user's for one server (Z37): syntax, and whether it looks like somebody else's. The form in
 * the prompt and the worker judge by the same rules.
 */
import { mayCarryKey } from './header-names.ts';
import { hostKind } from './host-kind.ts';
import { MAX_KEY_HEADER_LENGTH, MAX_KEY_LENGTH } from './limits.ts';

/** What is wrong with a key. `foreign`: it looks like one of another company's, which the user may confirm. */
export type KeyFault = 'header' | 'missing' | 'letters' | 'address' | 'insecure' | 'foreign';

/** What a key is told by, and whose it is: domains, with all that lies below them. */
const ISSUERS: readonly (readonly [prefix: RegExp, ...domains: string[]])[] = [
  [/^(gh[a-z]_|github_pat_)/, 'github.com', 'githubcopilot.com'],
  [/^glpat-/, 'gitlab.com'],
  [/^(xox[a-z]-|xapp-)/, 'slack.com'],
  [/^sk-ant-/, 'anthropic.com', 'claude.ai'],
  [/^sk-/, 'openai.com'],
  [/^(sk|rk|pk)_(live|test)_/, 'stripe.com'],
  [/^(AKIA|ASIA)[A-Z0-9]{12}/, 'amazonaws.com', 'aws.amazon.com', 'api.aws'],
  [/^(ya29\.|AIza)/, 'google.com', 'googleapis.com'],
  [/^npm_/, 'npmjs.com', 'npmjs.org'],
  [/^hf_/, 'huggingface.co'],
  [/^lin_(api|oauth)_/, 'linear.app'],
  [/^ntn_/, 'notion.com'],
  [/^SG\./, 'sendgrid.com'],
];

/** Words of printable ASCII with single spaces between them (RFC 9110 §5.5, without what servers read differently). */
const VALUE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** A parameter that says of itself that it is a key, and a value that is long enough to be one. */
const KEY_PARAMETER = /(?:^|[_-])(?:api[_-]?)?(?:key|token|secret|auth|password|credential)s?$/i;
const MIN_KEY = 8;

/**
 * What is wrong with a key for this server; undefined when it may be stored.
 * @param resource the server's address, which was checked when it was asked about
 */
export function findKeyFault(
  { header, value, confirmed }: { header: string; value: string; confirmed?: true | undefined },
  resource: string,
): KeyFault | undefined {
  const { protocol, hostname } = new URL(resource);
  if (protocol !== 'https:' && hostKind(hostname) !== 'loopback') return 'insecure';
  if (header.length > MAX_KEY_HEADER_LENGTH || !mayCarryKey(header)) return 'header';
  if (value === '') return 'missing';
  if (/^https?:\/\//i.test(value)) return 'address';
  if (value.length > MAX_KEY_LENGTH || !VALUE.test(value)) return 'letters';
  return !confirmed && isForeign(value, hostname) ? 'foreign' : undefined;
}

/** True for a key that is told by its look to be another host's. A scheme before it, as `Bearer`, says nothing. */
function isForeign(value: string, hostname: string): boolean {
  return value.split(' ').some((word) => {
    const [, ...domains] = ISSUERS.find(([prefix]) => prefix.test(word)) ?? [];
    return domains.length > 0 && !domains.some((own) => `.${hostname}`.endsWith(`.${own}`));
  });
}

/** True for an address that holds a key: whatever sees the address, a log or a history, then has the key as well. */
export function hasKeyInAddress(address: string): boolean {
  const { searchParams, username, password } = new URL(address);
  if (username !== '' || password !== '') return true;
  return [...searchParams].some(
    ([name, value]) =>
      (KEY_PARAMETER.test(name) && value.length >= MIN_KEY) ||
      ISSUERS.some(([prefix]) => prefix.test(value)),
  );
}
