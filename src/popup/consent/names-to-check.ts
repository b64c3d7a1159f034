/** Which names of a question have to be confirmed beside it: of a provider that has changed, and lookalikes (T-17). Pure. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { siteName } from '../kit/address-parts.ts';
import { isOneOwner, lookalikesAmong } from './lookalike.ts';

/** A name that Allow alone doesn't accept, and the one that it may be taken for. */
export interface NameToCheck {
  name: string;
  other: string;
  isChange: boolean;
}

/**
 * The names of a question that have to be confirmed. Of a change that is also a lookalike, only the change is told; of a
 * site and a server that were confirmed when they were connected, nothing is told again.
 */
export function namesToCheck(snapshot: PromptSnapshot): NameToCheck[] {
  const { origin, asked, issuer, formerIssuer, issuers = [], signsInAt } = snapshot;
  const isChange = formerIssuer !== undefined && issuer !== undefined;
  const change = isChange ? [{ name: issuer, other: formerIssuer, isChange }] : [];
  const names = [asked, origin, formerIssuer, issuer, ...issuers, signsInAt].filter(
    (name) => name !== undefined,
  );
  const hosts = [...new Set([...names, ...snapshot.foreignHosts])];
  const isConnected = snapshot.scopes.held.length > 0 && !isChange;
  const known = isConnected ? [asked, origin].map(siteName) : [];
  const isKnown = (...pair: string[]) => pair.every((name) => known.includes(siteName(name)));
  const alike = lookalikesAmong(hosts).filter(
    ({ name, like }) => !isKnown(name, like) && !change.some((one) => isOfBoth(one, name, like)),
  );
  return [...change, ...alike.map(({ name, like }) => ({ name, other: like, isChange: false }))];
}

/** Whether two names belong to the two owners that are told apart already. */
function isOfBoth({ name, other }: NameToCheck, one: string, another: string): boolean {
  const isTold = (host: string) => isOneOwner(host, name) || isOneOwner(host, other);
  return isTold(one) && isTold(another);
}
