/** What several flow tests say of the world that is theirs at the moment. */
import { changeAnswers, type Change } from './changed-answers.ts';
import type { World } from './world.ts';

/** The code of an error; undefined for anything else. */
export const codeOf = (error: unknown) => (error as { code?: string }).code;

/** Short forms for the world that `current` names when they are called. */
export function callsIn(current: () => World) {
  const origin = () => current().lab.siteA.origin;
  return {
    origin,
    issuer: () => current().lab.authorizationServer.issuer,
    /** Resolves the token, or the error. */
    call: (params = {}, from?: { origin: string }) =>
      current()
        .getToken(params, from)
        .catch((error: unknown) => error),
    answer: (part: string, change: Change) => {
      changeAnswers(current(), part, change);
    },
    grantOf: async (from = origin()) =>
      (await current().ports.store.findGrant(from, current().resource))!,
  };
}
