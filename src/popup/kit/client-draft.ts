/** A client registration while it is being typed. Pure. */
import type { ClientAuthMethod } from '../../shared/facts/client-auth.ts';
import type { ClientEntry } from '../../shared/settings.ts';
import type { PlainKey } from './text.ts';
import { isCredential } from '../../shared/facts/client-auth.ts';
import { TYPED_BY_USER } from '../../shared/facts/allowed-url.ts';
import { compact } from '../../shared/facts/compact.ts';
import { isLoopbackRedirect } from '../../shared/facts/loopback-redirect.ts';
import { isIssuer, isSameIssuer } from '../../shared/facts/issuer-syntax.ts';

/** What is in the fields. */
export interface ClientDraft {
  clientId: string;
  clientSecret: string;
  authMethod: ClientAuthMethod;
  /** The address on this computer that is registered for it; empty: Grantkeeper's own. */
  redirectUri?: string;
}

/** What is wrong with a field, by its name. */
export type ClientFaults = Partial<Record<'clientId' | 'clientSecret' | 'redirectUri', PlainKey>>;

/** Empty fields: a client without a secret. */
export const EMPTY_DRAFT: ClientDraft = {
  clientId: '',
  clientSecret: '',
  authMethod: 'none',
  redirectUri: '',
};

/** @param hasSecret whether a secret is stored that an empty field keeps */
export function checkDraft(draft: ClientDraft, hasSecret = false): ClientFaults {
  const faults: ClientFaults = {};
  const { clientId, clientSecret, authMethod, redirectUri = '' } = draft;
  if (redirectUri.trim() !== '' && !isLoopbackRedirect(redirectUri.trim())) {
    faults.redirectUri = 'returnAddressBad';
  }
  if (clientId.trim() === '') faults.clientId = 'clientIdMissing';
  else if (!isCredential(clientId.trim())) faults.clientId = 'clientLetters';
  if (authMethod === 'none') return faults;
  if (clientSecret === '' && !hasSecret) faults.clientSecret = 'clientSecretMissing';
  if (clientSecret !== '' && !isCredential(clientSecret)) faults.clientSecret = 'clientLetters';
  return faults;
}

/** Space around an id is a slip of copying; a secret is taken as it is. */
export function clientOf(draft: ClientDraft): Omit<ClientEntry, 'issuer'> {
  const { authMethod, clientSecret } = draft;
  const redirectUri = draft.redirectUri?.trim() || undefined;
  const client = compact({ clientId: draft.clientId.trim(), authMethod, redirectUri });
  if (authMethod === 'none' || clientSecret === '') return client;
  return { ...client, clientSecret };
}

/**
 * What is wrong with an issuer identifier, as far as can be said without asking it. Loopback may be http.
 * @param taken issuers that have a client already; a bare origin is one issuer with and without its slash (Z49)
 */
export function checkIssuer(issuer: string, taken: readonly string[]): PlainKey | undefined {
  const exact = issuer.trim();
  if (exact === '') return 'clientIssuerMissing';
  if (!isIssuer(exact, TYPED_BY_USER)) return 'clientIssuerBad';
  return taken.some((one) => isSameIssuer(one, exact)) ? 'clientIssuerTaken' : undefined;
}
