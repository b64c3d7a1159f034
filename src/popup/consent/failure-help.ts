/** What is offered to the person in front of a failure: advice, and the buttons that agree with it. */
import type { RecipeName } from '../../shared/facts/recipes.ts';
import type { Failure } from '../../shared/prompt.ts';
import { documentLink } from '../kit/document-link.ts';
import { failureWords, type Help } from '../kit/failure-words.ts';
import type { PlainKey } from '../kit/text.ts';

/** How a screen with this advice looks, and what is offered on it. */
export interface HelpView {
  heading: PlainKey;
  next: PlainKey;
  /** Whether the flow can be run again from here. Never where `next` says that it will not help. */
  retry: boolean;
  /** What `next` asks for first; it stands out among the buttons. */
  main: 'retry' | 'settings' | 'report' | 'address' | 'loopback' | 'close';
  /** The part of the settings that helps, and what the way there is called. */
  section?: 'client' | 'document' | 'developer' | 'overrides';
  link?: PlainKey;
}

const PLAIN = { heading: 'failureHeading', main: 'retry', retry: true } as const;
/** Nothing went wrong: somebody said no, or closed a window. */
const CALM = { heading: 'failureHeadingCalm', main: 'retry', retry: true } as const;
const CLIENT = { section: 'client', link: 'enterClient' } as const;
const SETTINGS = { main: 'settings', link: 'openSettings' } as const;

/** What is offered with each help. */
const HELP: Record<Help, HelpView> = {
  again: { ...PLAIN, next: 'nextAgain' },
  once: { ...PLAIN, next: 'nextRetry' },
  own: { ...PLAIN, next: 'nextOwn' },
  later: { ...PLAIN, next: 'nextLater' },
  owner: { ...PLAIN, next: 'nextOwner', main: 'report' },
  exception: {
    ...PLAIN,
    next: 'nextException',
    main: 'report',
    section: 'overrides',
    link: 'openSettings',
  },
  fewer: { ...PLAIN, next: 'nextFewer' },
  limit: { ...PLAIN, next: 'nextLimit', main: 'report', retry: false },
  // A response that may be an attack is not to be repeated with one click.
  careful: { heading: 'failureHeadingSafety', next: 'nextCareful', main: 'report', retry: false },
  client: { ...PLAIN, ...CLIENT, next: 'nextClient', main: 'settings' },
  wrongClient: { ...PLAIN, ...SETTINGS, next: 'nextWrongClient', section: 'client' },
  redirect: { ...PLAIN, ...CLIENT, next: 'nextRedirect', main: 'address' },
  anew: { ...PLAIN, ...CLIENT, next: 'nextAnew' },
  page: { ...PLAIN, ...SETTINGS, next: 'nextPage', section: 'client', main: 'retry' },
  document: { ...PLAIN, ...SETTINGS, next: 'nextDocument', section: 'document' },
  closed: { ...CALM, ...CLIENT, next: 'nextClosed' },
  declined: { ...CALM, next: 'nextDeclined' },
  hostAccess: { ...PLAIN, next: 'nextHostAccess' },
  blocked: { ...PLAIN, ...SETTINGS, next: 'nextBlocked', retry: false, section: 'developer' },
  nothing: { ...CALM, next: 'nextNothing', main: 'close', retry: false },
};

/** Advice where the sign-in may lead back to this computer instead (Z35); the rest is as without that way. */
const LOOPBACK: Partial<Record<Help, Partial<HelpView>>> = {
  redirect: { next: 'nextLoopback', main: 'loopback' },
  page: { next: 'nextPageLoopback', main: 'loopback' },
  closed: { next: 'nextClosedLoopback', main: 'retry' },
  // What was refused to the other button is not asked for by this one.
  hostAccess: { next: 'nextHostAccessLoopback', main: 'loopback', retry: false },
};

/** What is offered for this failure. One thing after the other: a client id is advised when no address is left. */
export function helpFor(failure: Failure): HelpView {
  const { help } = failureWords(failure);
  const other = failure.loopback?.isLeft ? LOOPBACK[help] : undefined;
  const { section: _section, link: _link, ...plain } = HELP[help];
  return other ? { ...plain, ...other } : HELP[help];
}

/** With these it may be the provider's own ways that are in the way, or what was registered there. */
const ABOUT_PROVIDER: ReadonlySet<Help> = new Set([
  'owner',
  'exception',
  'fewer',
  'client',
  'wrongClient',
  'redirect',
  'anew',
  'page',
  'closed',
]);

/** The recipe that may help; nothing after a no, or where a reply may be an attack. */
export function recipeFor(failure: Failure): RecipeName | undefined {
  return ABOUT_PROVIDER.has(failureWords(failure).help) ? failure.recipe : undefined;
}

/** Where in the settings the help is; a client id is entered for the issuer that wants it. */
export function settingsLink(failure: Failure): string | undefined {
  const { section } = helpFor(failure);
  if (section === undefined) return undefined;
  const issuer = section === 'client' ? failure.issuer : undefined;
  return documentLink(
    'settings',
    issuer === undefined ? section : `${section}=${encodeURIComponent(issuer)}`,
  );
}
