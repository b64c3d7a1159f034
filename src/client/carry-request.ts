/** Hands one request of the page to the broker, and notes what that shows of the page's grants. */
import type { CarryRequest } from '../shared/carry-contract.ts';
import { carry, type Carried } from './carried-fetch.ts';
import type { OpenChannel } from './channel.ts';
import type { Places } from './places.ts';
import type { Refusal } from './refusal.ts';
import type { ReplayableRequest } from './replayable-request.ts';

/** What all carried requests of a page share. */
export interface Carrying {
  readonly places: Places;
  /** Opens a port for one carried request. */
  readonly openCarrier: OpenChannel;
}

/** How it is carried. */
export interface CarryOptions {
  /** What became of the page's own request, if there was one. */
  refusal: Refusal | undefined;
  interactive: boolean;
  limits: { stepUps: number; age: number };
  givenUp: AbortSignal;
}

/**
 * Has it carried.
 * @throws TypeError whose cause says why not; the signal's reason
 */
export async function carryRequest(
  { places, openCarrier }: Carrying,
  request: ReplayableRequest,
  { refusal, interactive, limits, givenUp }: CarryOptions,
): Promise<Carried> {
  const { href, method, signal } = request;
  const { status, header } = refusal ?? {};
  const outgoing = {
    url: href,
    method,
    ...(await request.read()),
    ...(refusal && { refused: { status, challenge: header } as CarryRequest['refused'] & object }),
    interactive,
    stepUps: atMost(100, limits.stepUps),
    maxAge: atMost(9e15, limits.age),
  };
  const until = AbortSignal.any(signal ? [givenUp, signal] : [givenUp]);
  const carried = await carry(openCarrier, outgoing, until);
  if (carried === 'nothing') places.drop(href);
  else if (refusal || carried === 'token') places.note(href, carried !== 'token');
  return carried;
}

/** A whole number of the contract; NaN asks for nothing. */
function atMost(most: number, value: number): number {
  return Math.floor(Math.min(most, Math.max(0, value || 0)));
}
