/** What an answer says about tokens, as far as the page can read it. */
import type { Token } from '../shared/page-contract.ts';
import { findBearerChallenge, readableChallenge, type Challenge } from './challenge.ts';
import type { Situation } from '../shared/facts/retry.ts';

/** The server's answer, or what the page's own fetch threw for want of one. */
export type Answer = Response | TypeError;

/** An answer, read. */
export interface Refusal extends Pick<Situation, 'status' | 'scope'> {
  /** `WWW-Authenticate`, verbatim. */
  header?: string | undefined;
  /** The Bearer challenge in it. */
  bearer?: Challenge | undefined;
}

/** Nobody will read it; an unread body holds the connection. */
export function discard(answer: Answer): void {
  (answer as Partial<Response>).body?.cancel().catch(() => {});
}

/** Reads an answer to a request that was sent with this token. */
export function readRefusal(answer: Answer, sent: Token | undefined): Refusal {
  if (answer instanceof TypeError) return { status: undefined, scope: 'enough' };
  const { status, type } = answer;
  const header = readableChallenge(answer);
  const bearer = header === undefined ? undefined : findBearerChallenge(header);
  let scope: Refusal['scope'] = 'enough';
  if (status === 403) {
    if (bearer?.get('error') === 'insufficient_scope') scope = 'missing';
    // A same-origin response hides no header, and without a token there was no scope to be insufficient.
    if (header === undefined && sent && type !== 'basic') scope = 'hidden';
  }
  return { status, header, bearer, scope };
}
