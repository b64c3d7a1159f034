/** How an address is shown: whole, never decoded, with the part that names its owner made strong (T-17). */
import { placeOf, type Place } from '../../shared/facts/host-kind.ts';

/** An address in three pieces that joined give the whole of it. */
export interface AddressParts {
  before: string;
  /** The registrable domain; of an IP address or this computer the host with its port, which is all that differs. */
  strong: string;
  after: string;
}

/** An address cut where its path begins; a long path is folded, a host never is. */
export interface AddressLines extends AddressParts {
  /** Path and query. */
  rest: string;
  isLong: boolean;
}

/** A path longer than this is folded; characters. */
const LONGEST_REST = 40;

/** Suffixes of two labels that a country's registry sells names under. */
const COUNTRY_SUFFIXES = (
  'co.uk org.uk ac.uk gov.uk me.uk com.au net.au org.au co.nz co.jp ne.jp or.jp ac.jp co.kr co.in ' +
  'co.za co.il com.br com.ar com.mx com.co com.cn com.hk com.tw com.sg com.my com.tr com.ua com.pl'
).split(' ');

/** Those of hosts at which anybody has a name within a minute. */
const HOSTING_SUFFIXES = (
  'github.io gitlab.io pages.dev workers.dev vercel.app netlify.app herokuapp.com web.app ' +
  'firebaseapp.com azurewebsites.net onrender.com fly.dev deno.dev cloudfront.net run.app a.run.app ' +
  's3.amazonaws.com trycloudflare.com ngrok.io ngrok.app ngrok-free.app ngrok-free.dev glitch.me ' +
  'replit.app repl.co lovable.app hf.space streamlit.app up.railway.app'
).split(' ');

/**
 * Suffixes of two or three labels under which strangers own names. A public suffix list would be 200 kB
 * that ages; this is the handful that MCP servers and their clients are seen on. A suffix that is missing
 * here makes too little strong, never hides anything: the full address is always shown.
 */
const LONG_SUFFIXES: ReadonlySet<string> = new Set([...COUNTRY_SUFFIXES, ...HOSTING_SUFFIXES]);

const SCHEME = /^https?:\/\//i;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Cuts an address, or a bare host, for display. What cannot be parsed is strong as a whole. */
export function splitAddress(address: string): AddressParts {
  const url = parseWeb(address);
  if (!url) return { before: '', strong: address, after: '' };
  const scheme = `${url.protocol}//`;
  const strong = registrableDomain(url.hostname);
  const userInfo = url.href.slice(scheme.length, scheme.length + userInfoLength(url));
  const subdomains = url.hostname.slice(0, url.hostname.length - strong.length);
  const port = url.port !== '' && isPortStrong(url.hostname) ? `:${url.port}` : '';
  const start = scheme.length + userInfo.length + url.hostname.length + port.length;
  const rest = url.href.slice(start);
  return {
    before: (SCHEME.test(address) ? scheme : '') + userInfo + subdomains,
    strong: strong + port,
    // `URL` adds a slash to a bare origin; it is shown only where the address itself has one.
    after: rest.endsWith('/') && !address.endsWith('/') ? rest.slice(0, -1) : rest,
  };
}

/** Cuts an address for display in two lines. */
export function foldAddress(address: string): AddressLines {
  const { before, strong, after } = splitAddress(address);
  const [port = ''] = /^:\d+/.exec(after) ?? [];
  const rest = after.slice(port.length);
  return { before, strong, after: port, rest, isLong: rest.length > LONGEST_REST };
}

/** Servers on one computer, and behind one number, differ by nothing but their ports. */
function isPortStrong(hostname: string): boolean {
  return isNumber(hostname) || placeOf(hostname) === 'this-computer';
}

function isNumber(hostname: string): boolean {
  return IPV4.test(hostname) || hostname.startsWith('[');
}

/** The last two labels, or more where {@link LONG_SUFFIXES} says so; IP addresses stay whole. */
export function registrableDomain(hostname: string): string {
  if (isNumber(hostname)) return hostname;
  const labels = hostname.replace(/\.$/, '').split('.');
  const dot = hostname.endsWith('.') ? '.' : '';
  for (const length of [3, 2]) {
    if (LONG_SUFFIXES.has(labels.slice(-length).join('.'))) {
      return labels.slice(-length - 1).join('.') + dot;
    }
  }
  return labels.slice(-2).join('.') + dot;
}

/** Whether the name is one that a hosting company gives to anybody. */
export function isHostedName(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  return HOSTING_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`));
}

/** Whether the host has a label in punycode, which we show as it is. */
export function isCoded(address: string): boolean {
  const host = parseWeb(address)?.hostname ?? '';
  return host.split('.').some((label) => label.startsWith('xn--'));
}

/** Tells the user's own computer and network from the rest. */
export function findPlace(address: string): Place {
  return placeOf(parseWeb(address)?.hostname ?? '');
}

/** What the browsers call all servers: ours, and what else means the same or more. */
const EVERY_SERVER: ReadonlySet<string> = new Set(['https://*/*', '*://*/*', '<all_urls>']);

/** Whether a match pattern stands for all servers. */
export function isEveryServer(pattern: string): boolean {
  return EVERY_SERVER.has(pattern);
}

/** What a sentence calls a site or a server: its host, whole, with the port where it has one. */
export function siteName(address: string): string {
  return parseWeb(address)?.host ?? address;
}

/** The address of a match pattern: `https://a.example/*` is shown as `https://a.example`. */
export function patternAddress(pattern: string): string {
  return pattern.replace(/\/\*$/, '');
}

function parseWeb(address: string): URL | undefined {
  const whole = SCHEME.test(address) ? address : `https://${address}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function userInfoLength({ username, password }: URL): number {
  if (username === '' && password === '') return 0;
  return username.length + (password === '' ? 0 : password.length + 1) + 1;
}
