/** What a person reads, by the reason of the failure. Written here by hand: it is what we want, not what the code says. */
export const SENTENCES: Readonly<Record<string, string>> = {
  no_resource_metadata: 'The server doesn’t say where to sign in.',
  names_no_provider: 'The server describes itself, but names no sign-in provider.',
  malformed_resource_metadata: 'Grantkeeper can’t read what the server says about signing in.',
  other_resource:
    'The server’s sign-in information is for a different address, so Grantkeeper doesn’t use it.',
  no_server_metadata: 'The sign-in provider doesn’t publish how sign-in works there.',
  malformed_server_metadata: 'Grantkeeper can’t read what the sign-in provider says about itself.',
  other_issuer:
    'The sign-in provider goes by a different name than the one the server gave. Grantkeeper continues only if both are the same.',
  no_pkce: 'The sign-in provider doesn’t announce a protection that Grantkeeper requires.',
  par_required:
    'The sign-in provider requires sign-ins to start in a way that Grantkeeper doesn’t support yet.',
  dpop_required:
    'The server requires access that’s bound to a key, and its sign-in provider or this browser doesn’t support that.',
  redirected: 'This address forwards to another one, and Grantkeeper doesn’t follow it there.',
  key_in_address:
    'The server’s address contains a key. Anyone who sees the address has the key, too.',
  forbidden_address:
    'The server or its sign-in provider points to an address that Grantkeeper doesn’t contact.',
  registration_refused: 'The sign-in provider refused to register Grantkeeper.',
  redirect_refused: 'The sign-in provider doesn’t accept Grantkeeper’s return address.',
  iss_missing: 'The reply didn’t say which sign-in provider sent it, so Grantkeeper discarded it.',
  iss_wrong:
    'The reply came from a different sign-in provider than the one you were sent to, so Grantkeeper discarded it.',
  state_wrong: 'The reply didn’t belong to this sign-in, so Grantkeeper discarded it.',
  malformed_response: 'Grantkeeper can’t read the sign-in provider’s reply.',
  provider_refused:
    'You cancelled at the sign-in provider, or your account there isn’t allowed to do this.',
  provider_failed: 'The sign-in provider reported a problem on its side.',
  sign_in_closed: 'The sign-in window was closed.',
  scope_refused: 'The sign-in provider refused part of what the site or the server asks for.',
  resource_refused:
    'The sign-in provider doesn’t know the server by the address that Grantkeeper gave.',
  request_refused: 'The sign-in provider didn’t accept Grantkeeper’s request.',
  exchange_refused: 'You signed in, but the sign-in provider then refused access.',
  unusable_token: 'You signed in, but Grantkeeper can’t use what the sign-in provider returned.',
  wrong_client:
    'The sign-in provider doesn’t accept the “client ID” or the secret that you entered.',
  too_many_requests: 'This address is getting too many requests at the moment.',
  oversized: 'The reply is larger than Grantkeeper accepts.',
  unreachable: 'The server or the sign-in provider didn’t respond, or this computer is offline.',
};
