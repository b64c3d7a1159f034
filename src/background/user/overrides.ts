/** What the user lets pass (Z53): listed, set in the settings, taken back. */
import { findOverride, overrideKey } from '../../protocol/overrides.ts';
import { parseResource } from '../../protocol/resource.ts';
import { computeScopeUnion, scopesBeyond } from '../../protocol/scope.ts';
import { parseAllowedUrl } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import { TYPED_BY_USER } from '../../shared/facts/allowed-url.ts';
import { isIssuer, isSameIssuer } from '../../shared/facts/issuer-syntax.ts';
import type { Override, OverrideEntry, OverrideKey } from '../../shared/facts/override.ts';
import { refreshLock } from '../access/renewal.ts';
import { findClient } from '../connect/client-selection.ts';
import { dropTokens, rewriteGrant } from '../connect/drop-tokens.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantChange } from '../ports/records.ts';

/** The calls of our own pages about overrides. */
export function overrideHandlers(ports: Ports) {
  const { store } = ports;
  return {
    overrides: () => store.listOverrides(),
    saveOverride: async (entry: OverrideEntry) => {
      const override = await completeOverride(ports, entry);
      // Another one at the same place: what rests on the former doesn't rest on this.
      const former = findOverride(await store.listOverrides(), override.kind, override);
      if (former) await endResting(ports, former);
      await store.saveOverride(override);
      ports.changed();
      return store.listOverrides();
    },
    removeOverride: async (key: OverrideKey) => ({ ended: await endResting(ports, key) }),
  };
}

/**
 * Deletes an override, and drops the tokens that rest on it. The grants stay: the site's next call leads to the question
 * in which it can be set again, or to the failure that it cured.
 * @returns how many sites' tokens went
 */
async function endResting(ports: Ports, key: OverrideKey): Promise<number> {
  const { store } = ports;
  const { scopes = [] } = findOverride(await store.listOverrides(), key.kind, key) ?? {};
  // Before anything else: from here on nothing can be obtained or renewed with it.
  await store.deleteOverride(key);
  const there = (await store.listGrants()).filter(({ server, resource }) => {
    const own = overrideKey(key.kind, { issuer: server?.issuer ?? '', resource });
    return own.issuer === key.issuer && own.resource === key.resource;
  });
  if (scopes.length > 0)
    for (const grant of there) await rewriteGrant(ports, grant, (all) => askAgain(all, scopes));
  const grants = there.filter(({ overrides = [] }) => overrides.includes(key.kind));
  for (const grant of grants) await ports.lock(refreshLock(grant), () => dropTokens(ports, grant));
  ports.changed();
  return grants.length;
}

/** What was left out is asked for with the next sign-in (Z53). */
function askAgain({ requested, leftOut = [] }: Grant, scopes: readonly string[]): GrantChange {
  const back = leftOut.filter((scope) => scopes.includes(scope));
  return {
    requested: computeScopeUnion(requested, back),
    leftOut: scopesBeyond(leftOut, back),
  };
}

/** @throws BrokerError `invalid_request` when it can be none */
async function completeOverride(ports: Ports, entry: OverrideEntry): Promise<Override> {
  try {
    const override = readEntry(entry, ports.now());
    // Only with a client that the user has entered: nobody else can have staged who that is.
    const isAlone = entry.kind === 'no_resource' && !(await findClient(ports, override.issuer));
    if (isAlone) throw new BrokerError('invalid_request');
    return override;
  } catch (cause) {
    throw new BrokerError('invalid_request', { cause });
  }
}

/** @throws BrokerError when something in it can't be used, or is missing */
function readEntry(entry: OverrideEntry, at: number): Override {
  const { kind, issuer, called = '', authorizationEndpoint = '', tokenEndpoint = '' } = entry;
  if (!isIssuer(issuer, TYPED_BY_USER)) throw new BrokerError('invalid_request');
  switch (kind) {
    case 'issuer_pair':
      if (!isIssuer(called, TYPED_BY_USER) || isSameIssuer(called, issuer))
        throw new BrokerError('invalid_request');
      return { kind, issuer, resource: '', at, called };
    case 'endpoints':
      for (const url of [authorizationEndpoint, tokenEndpoint]) parseAllowedUrl(url, TYPED_BY_USER);
      return { kind, issuer, resource: '', at, authorizationEndpoint, tokenEndpoint };
    case 'no_resource': {
      const resource = parseResource(entry.resource ?? '', TYPED_BY_USER);
      return { kind, issuer, resource, at };
    }
  }
}
