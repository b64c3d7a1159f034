/** The points of THREATS 5.3 at which a browser can be stopped from outside, and what its person does around each. */
import { POPUP, type Driver } from '../../drivers/driver.ts';
import type { TokenParams } from '../../src/shared/page-contract.ts';
import type { Hold } from './background-hold.ts';
import type { Stage, WebClient } from './stage.ts';

/** A point, and what it costs to have been stopped there. */
export interface KillPoint {
  hold: Hold;
  /** What the page is about: a first connection, or a new token for one that a server has refused. */
  of: 'connection' | 'renewal';
  /** What the person does until the background stands still. */
  until: 'nothing' | 'answer' | 'sign in';
  /** What is left to do after it was killed. */
  then: 'nothing' | 'ask and sign in' | 'sign in';
  /** Requests to the provider, of both lives, where they differ from those of an undisturbed journey. */
  cost?: Partial<Record<'exchanges' | 'registrations' | 'refreshes', number>>;
}

const connection = (
  hold: Hold,
  until: KillPoint['until'],
  then: KillPoint['then'],
  cost: KillPoint['cost'] = {},
): KillPoint => ({ of: 'connection', hold, until, then, cost });

const renewal = (
  hold: Hold,
  then: KillPoint['then'] = 'nothing',
  cost: KillPoint['cost'] = {},
): KillPoint => ({ of: 'renewal', hold, until: 'nothing', then, cost });

const written = (store: string, match = ''): Hold => ({ store, match });
const answered = (request: string): Hold => ({ request, when: 'after' });

/** By name, in the order in which a journey comes to them. */
export const KILL_POINTS: readonly (readonly [name: string, point: KillPoint])[] = [
  ['K02', connection(written('flows', '"deciding"'), 'nothing', 'ask and sign in')],
  ['K05', connection(written('flows', '"decision":"allow"'), 'answer', 'sign in')],
  ['K06', connection(answered('oauth-protected-resource'), 'nothing', 'ask and sign in')],
  ['K07', connection(written('documents'), 'nothing', 'ask and sign in')],
  ['K08', connection(answered('oauth-authorization-server'), 'nothing', 'ask and sign in')],
  ['K09', connection({ request: 'redirect_uris', when: 'before' }, 'answer', 'sign in')],
  ['K10', connection(answered('redirect_uris'), 'answer', 'sign in', { registrations: 2 })],
  ['K11', connection(written('registrations'), 'answer', 'sign in')],
  ['K12', connection(written('flows', '"authorizing"'), 'answer', 'sign in')],
  ['K13', connection(written('flows', '"signInWindow"'), 'answer', 'sign in')],
  ['K16', connection(written('flows', '"exchanging"'), 'sign in', 'sign in')],
  [
    'K17',
    connection(answered('grant_type=authorization_code'), 'sign in', 'sign in', { exchanges: 2 }),
  ],
  ['K18', connection(written('unfinished'), 'sign in', 'nothing')],
  ['K19', connection(written('grants'), 'sign in', 'nothing')],
  ['K21', renewal(written('grants', '"refreshAttempts":1'))],
  // The provider has taken the token for used up, so the one that it gave out for it is lost: a new sign-in.
  ['K22', renewal(answered('grant_type=refresh_token'), 'sign in', { refreshes: 2, exchanges: 1 })],
  // Only of a renewed token is it written until when it is not to be renewed again.
  ['K24', renewal(written('grants', '"renewedUntil"'))],
];

/** What a journey costs that nobody disturbs, or that is taken up where it was. */
const COST = {
  connection: { exchanges: 1, registrations: 1, refreshes: 0 },
  renewal: { exchanges: 0, registrations: 0, refreshes: 1 },
} as const;

/** What both lives may send to the provider. */
export const costOf = ({ of, cost }: KillPoint) => ({ ...COST[of], ...cost });

const ASKED = { scopes: ['notes:read'] };

/** A first connection, as far as the page has its token. */
export async function connect(stage: Stage, site: WebClient) {
  const call = site.getToken(ASKED);
  await stage.approve();
  const outcome = await call;
  if (!('token' in outcome)) throw new Error(outcome.code);
  return outcome;
}

/** Puts everything where the journey to a point begins; resolves what the page asks for there. */
export async function prepare(
  stage: Stage,
  site: WebClient,
  { of }: KillPoint,
): Promise<Partial<TokenParams>> {
  await say(stage.browser, { call: 'erase', params: { what: 'everything' } });
  // Which tab a browser shows once that page is closed is its own choice, and nothing is asked over another (Z24).
  await site.page.bringToFront();
  if (of === 'connection') return ASKED;
  return refusedBy('invalid_token', (await connect(stage, site)).token.access_token);
}

/** What a page asks for that was refused with its newest token. */
export function refusedBy(error: string, rejected: string): Partial<TokenParams> {
  return { challenge: `Bearer error="${error}"`, rejected };
}

/** What the person does until the point is reached; resolves a sign-in that may end only after the kill. */
export async function actUntil(
  stage: Stage,
  { until }: KillPoint,
): Promise<{ signedIn: Promise<void> | undefined }> {
  if (until !== 'nothing') await stage.answer('allow', 'allow');
  const signedIn = until === 'sign in' ? stage.signIn() : undefined;
  // It may fail together with its browser, before anybody waits for it.
  signedIn?.catch(() => undefined);
  return { signedIn };
}

/** What the person does after the kill. */
export async function actAfter(stage: Stage, { then }: KillPoint): Promise<void> {
  if (then === 'ask and sign in') await stage.answer('allow', 'allow');
  if (then !== 'nothing') await stage.signIn();
}

/**
 * As the user does it from a page of ours; resolves what that page is told.
 * @throws Error when it is refused
 */
export async function say(browser: Driver, message: object): Promise<unknown> {
  const page = await browser.extensionPage(POPUP);
  const text = JSON.stringify({ door: 'extension', ...message });
  const send = `(globalThis.browser ?? chrome).runtime.sendMessage(${text})`;
  const reply = (await page.evaluate(send)) as { ok: boolean; result: unknown };
  await page.close();
  if (!reply.ok) throw new Error(`The background refuses ${text}`);
  return reply.result;
}
