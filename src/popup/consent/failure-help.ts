/** What is offered to the person in front of a failure: advice, and the buttons that agree with it. */
import type { RecipeName } from '../../shared/facts/recipes.ts';
import type { Failure } from '../../shared/prompt.ts';
import { documentLink } from '../kit/document-link.ts';
import { failureWords, type Help } from '../kit/failure-words.ts';
import type { PlainKey } from '../kit/text.ts';

/** What a screen with this advice offers. */
export interface HelpView {
  next: PlainKey;
  /** Whether the flow can be run again from here. Never where `next` says that it will not help. */
  retry: boolean;
  /** What `next` asks for first: the first of the buttons, and the only filled one. */
  main: 'retry' | 'settings' | 'report' | 'address' | 'loopback' | 'close';
  /** The part of the settings that helps, and what the way there is called. */
  section?: 'client' | 'document' | 'developer' | 'overrides';
  link?: PlainKey;
}

const RETRY = { main: 'retry', retry: true } as const;
/** Only somebody else can change it. Trying again stays possible: they may have done so already. */
const REPORT = { main: 'report', retry: true } as const;
const CLIENT = { section: 'client', link: 'enterClient' } as const;
const SETTINGS = { main: 'settings', retry: true, link: 'openSettings' } as const;

/** What is offered with each help. */
const HELP: Record<Help, HelpView> = {
  again: { ...RETRY, next: 'nextAgain' },
  once: { ...RETRY, next: 'nextRetry' },
  silent: { ...RETRY, next: 'nextSilent' },
  own: { ...REPORT, next: 'nextOwn' },
  later: { ...RETRY, next: 'nextLater' },
  owner: { ...REPORT, next: 'nextOwner' },
  exchange: { ...REPORT, next: 'nextExchange' },
  exception: { ...REPORT, next: 'nextException', section: 'overrides', link: 'openSettings' },
  fewer: { ...RETRY, next: 'nextFewer' },
  limit: { next: 'nextLimit', main: 'report', retry: false },
  // A response that may be an attack is not to be repeated with one click.
  careful: { next: 'nextCareful', main: 'report', retry: false },
  client: { ...RETRY, ...CLIENT, next: 'nextClient', main: 'settings' },
  registration: { ...REPORT, ...CLIENT, next: 'nextRegistration' },
  wrongClient: { ...SETTINGS, next: 'nextWrongClient', section: 'client' },
  redirect: { ...RETRY, ...CLIENT, next: 'nextRedirect', main: 'address' },
  anew: { ...RETRY, ...CLIENT, next: 'nextAnew' },
  page: { ...RETRY, next: 'nextPage', section: 'client', link: 'openSettings' },
  document: { ...SETTINGS, next: 'nextDocument', section: 'document' },
  closed: { ...RETRY, ...CLIENT, next: 'nextClosed' },
  // They have just said no there: nothing draws them back.
  declined: { next: 'nextDeclined', main: 'close', retry: true },
  hostAccess: { ...RETRY, next: 'nextHostAccess' },
  // Developer mode is for few: it is not what everybody is to press.
  blocked: {
    next: 'nextBlocked',
    main: 'close',
    retry: false,
    section: 'developer',
    link: 'openSettings',
  },
  update: { next: 'nextUpdate', main: 'close', retry: false },
  nothing: { next: 'nextNothing', main: 'close', retry: false },
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

/** Who gets the report: the people who run the server, or we, for a fault of ours; nobody where nobody has to act. */
export function addresseeOf(failure: Failure): 'server' | 'makers' | undefined {
  const { owner, help } = failureWords(failure);
  if (owner === undefined) return undefined;
  return help === 'own' || help === 'silent' ? 'makers' : 'server';
}

/** With these it may be the provider's own ways that are in the way, or what was registered there. */
const ABOUT_PROVIDER: ReadonlySet<Help> = new Set([
  'owner',
  'exception',
  'exchange',
  'fewer',
  'client',
  'registration',
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
