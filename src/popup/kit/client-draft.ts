/** A client registration while it is being typed. Pure. */
import type { ClientAuthMethod, ClientEntry } from '../../shared/settings.ts';
import type { PlainKey } from './text.ts';

/** What is in the fields. */
export interface ClientDraft {
  clientId: string;
  clientSecret: string;
  authMethod: ClientAuthMethod;
}

/** What is wrong with a field, by its name. */
export type ClientFaults = Partial<Record<'clientId' | 'clientSecret', PlainKey>>;

/** Empty fields: a client without a secret. */
export const EMPTY_DRAFT: ClientDraft = { clientId: '', clientSecret: '', authMethod: 'none' };

/** `VSCHAR` (RFC 6749 appendix A.1, A.2). */
const CREDENTIAL = /^[\x20-\x7e]+$/;

/** @param hasSecret whether a secret is stored that an empty field keeps */
export function checkDraft(draft: ClientDraft, hasSecret = false): ClientFaults {
  const faults: ClientFaults = {};
  const { clientId, clientSecret, authMethod } = draft;
  if (clientId.trim() === '') faults.clientId = 'clientIdMissing';
  else if (!CREDENTIAL.test(clientId.trim())) faults.clientId = 'clientLetters';
  if (authMethod === 'none') return faults;
  if (clientSecret === '' && !hasSecret) faults.clientSecret = 'clientSecretMissing';
  if (clientSecret !== '' && !CREDENTIAL.test(clientSecret)) faults.clientSecret = 'clientLetters';
  return faults;
}

/** Space around an id is a slip of copying; a secret is taken as it is. */
export function clientOf(draft: ClientDraft): Omit<ClientEntry, 'issuer'> {
  const { authMethod, clientSecret } = draft;
  const clientId = draft.clientId.trim();
  if (authMethod === 'none' || clientSecret === '') return { clientId, authMethod };
  return { clientId, authMethod, clientSecret };
}

/**
 * What is wrong with an issuer identifier, as far as can be said without asking it. Loopback may be http.
 * @param taken issuers that have a client already, compared exactly
 */
export function checkIssuer(issuer: string, taken: readonly string[]): PlainKey | undefined {
  const exact = issuer.trim();
  if (exact === '') return 'clientIssuerMissing';
  if (!URL.canParse(exact)) return 'clientIssuerBad';
  if (/[?#@]/.test(exact)) return 'clientIssuerBad';
  const { protocol, hostname } = new URL(exact);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) return 'clientIssuerBad';
  return taken.includes(exact) ? 'clientIssuerTaken' : undefined;
}
