import type { AuthorizationServer } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { termsOf } from '../../../src/protocol/covers.ts';
import type { FlowRecord, Grant } from '../../../src/background/ports/records.ts';
import {
  excessSnapshot,
  grantSnapshot,
  needsConsent,
  clientSnapshot,
  reachSnapshot,
  type Offer,
} from '../../../src/background/connect/snapshot.ts';

const NOW = 1_800_000_000_000;
const MCP = 'https://mcp.example/mcp';
const RECORD: FlowRecord = {
  id: 'flow',
  origin: 'https://client.example',
  asked: MCP,
  request: { scopes: ['a'], demanded: [], challenged: true, rediscover: false },
  stage: 'started',
  createdAt: NOW,
  reached: [],
};
const SERVER: AuthorizationServer = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
};
const OFFER: Offer = {
  grant: undefined,
  resource: { resource: MCP, match: 'same', authorizationServers: ['https://as.example'] },
  source: 'https://mcp.example/.well-known/oauth-protected-resource/mcp',
  server: SERVER,
  scopes: ['a', 'b'],
  missingAccess: [],
  copiesBytes: true,
};
const GRANT: Grant = {
  origin: RECORD.origin,
  resource: MCP,
  account: 'default',
  server: SERVER,
  registration: {
    clientId: 'id',
    authMethod: 'none',
    redirectUri: 'https://x.example',
    secretExpiresAt: 0,
  },
  requested: ['a'],
  ceiling: ['a'],
  unmet: {},
  revision: 'former',
  refreshAttempts: 0,
  decision: { digest: 'd', at: NOW },
  duration: 'always',
  createdAt: NOW,
  lastUsedAt: NOW,
  uses: 1,
};
const snapshot = (change: Partial<Offer> = {}) => grantSnapshot(RECORD, { ...OFFER, ...change });
const withEndpoint = (change: Partial<AuthorizationServer>) => ({ ...SERVER, ...change });

describe('what the user is asked (Z8, T-16)', () => {
  it('is the whole question as data: site, server, provider, scopes (T-16, T-17, R104)', () => {
    expect(snapshot({ missingAccess: ['https://as.example/*'] })).toEqual({
      stage: 'allow',
      origin: 'https://client.example',
      asked: MCP,
      resource: MCP,
      wider: false,
      issuer: 'https://as.example',
      foreignHosts: [],
      scopes: { added: ['a', 'b'], held: [] },
      serverDecides: false,
      keeper: 'broker',
      hostAccess: ['https://as.example/*'],
    });
  });

  it('shows the difference: new scopes apart from those that were allowed (R46, S8)', () => {
    expect(snapshot({ grant: GRANT }).scopes).toEqual({ added: ['b'], held: ['a'] });
    expect(snapshot({ grant: { ...GRANT, ceiling: ['z', 'a', 'b'] } }).scopes).toEqual({
      added: [],
      held: ['z', 'a', 'b'],
    });
  });

  it('together shows all that the ceiling will be (T-16, Z23)', () => {
    const { added, held } = snapshot({ grant: GRANT, scopes: ['a', 'b', 'offline_access'] }).scopes;
    expect([...held, ...added]).toEqual(['a', 'b', 'offline_access']);
  });

  it('is a copy: nothing that changes later changes the question (T-16)', () => {
    const ceiling = ['a'];
    const scopes = ['a', 'b'];
    const asked = snapshot({ grant: { ...GRANT, ceiling }, scopes });
    ceiling.push('admin');
    scopes.push('admin');
    expect(asked.scopes).toEqual({ added: ['b'], held: ['a'] });
  });

  it('says when no scope is named anywhere (RFC 6749 §3.3, T-19)', () => {
    expect(snapshot({ scopes: [] })).toMatchObject({ serverDecides: true, scopes: { added: [] } });
    expect(snapshot().serverDecides).toBe(false);
  });

  it('says when the resource covers more than what was asked for (Z15)', () => {
    const resource = {
      ...OFFER.resource,
      resource: 'https://mcp.example',
      match: 'wider' as const,
    };
    expect(snapshot({ resource })).toMatchObject({
      asked: MCP,
      resource: 'https://mcp.example',
      wider: true,
    });
  });

  it('shows every scope as new when what was allowed is another resource (Z15, T-16, T-20)', () => {
    const resource = {
      ...OFFER.resource,
      resource: 'https://mcp.example',
      match: 'wider' as const,
    };
    expect(snapshot({ resource, grant: GRANT }).scopes).toEqual({ added: ['a', 'b'], held: [] });
  });
});

describe('the parties (T-21, T-22)', () => {
  it('show a provider that has taken the place of another (T-21, R38)', () => {
    const former = { ...GRANT, server: { issuer: 'https://former.example' } };
    expect(snapshot({ grant: former }).formerIssuer).toBe('https://former.example');
    expect(snapshot({ grant: GRANT })).not.toHaveProperty('formerIssuer');
  });

  it('take an issuer that differs by a slash for another one (R16, T-21)', () => {
    const former = { ...GRANT, server: { issuer: 'https://as.example/' } };
    expect(snapshot({ grant: former }).formerIssuer).toBe('https://as.example/');
  });

  it('show hosts of endpoints that are neither the server’s nor the provider’s, each once (T-22)', () => {
    const server = withEndpoint({
      token_endpoint: 'https://evil.example/token',
      revocation_endpoint: 'https://evil.example/revoke',
      registration_endpoint: 'https://dcr.example:8443/register',
    });
    expect(snapshot({ server }).foreignHosts.toSorted()).toEqual([
      'dcr.example:8443',
      'evil.example',
    ]);
  });

  it('take another port for another host (T-22)', () => {
    const server = withEndpoint({ token_endpoint: 'https://as.example:8443/token' });
    expect(snapshot({ server }).foreignHosts).toEqual(['as.example:8443']);
  });

  it('show the host that the metadata of the resource came from (Z16, T-21)', () => {
    expect(snapshot({ source: 'https://elsewhere.example/prm.json' }).foreignHosts).toEqual([
      'elsewhere.example',
    ]);
  });

  it('take the server for no foreigner when it is its own provider', () => {
    const server = withEndpoint({ token_endpoint: 'https://mcp.example/token' });
    expect(snapshot({ server }).foreignHosts).toEqual([]);
  });
});

describe('whether to ask (T-42, Z2)', () => {
  const needs = (grant: Grant | undefined, change: Partial<Offer> = {}) =>
    needsConsent(snapshot({ grant, ...change }), grant);

  it('asks at every first connection, even where no scope is named (T-42, T-01)', () => {
    expect(needs(undefined)).toBe(true);
    expect(needs(undefined, { scopes: [] })).toBe(true);
  });

  it('asks for every scope that was not allowed before (T-42, R46)', () => {
    expect(needs(GRANT, { scopes: ['a', 'b'] })).toBe(true);
    expect(needs({ ...GRANT, ceiling: [] }, { scopes: ['a'] })).toBe(true);
  });

  it('does not ask for what was allowed before, at the same resource and provider (PLAN-5)', () => {
    expect(needs(GRANT, { scopes: ['a'] })).toBe(false);
    expect(needs(GRANT, { scopes: [] })).toBe(false);
    expect(needs({ ...GRANT, ceiling: ['a', 'b'] })).toBe(false);
  });

  it('asks when the provider is another one, though every scope was allowed (T-21)', () => {
    expect(
      needs({ ...GRANT, server: { issuer: 'https://former.example' } }, { scopes: ['a'] }),
    ).toBe(true);
  });

  it('asks when the resource is another one, though every scope was allowed (Z15, T-20)', () => {
    const resource = {
      ...OFFER.resource,
      resource: 'https://mcp.example',
      match: 'wider' as const,
    };
    expect(needs(GRANT, { resource, scopes: ['a'] })).toBe(true);
  });
});

describe('what a consent covers beside scopes (Z42)', () => {
  const elsewhere = withEndpoint({ authorization_endpoint: 'https://login.example/authorize' });
  const held = { ...GRANT, ceiling: ['a', 'b'], shown: [] as string[] };
  const asked = (change: Partial<Offer>, grant: Grant = held) => {
    const question = snapshot({ grant, ...change });
    return { question, needed: needsConsent(question, grant) };
  };

  it('asks about a host that was in no question before, and names it (T-22, T-21)', () => {
    const { question, needed } = asked({ server: elsewhere });
    expect(question).toMatchObject({ newHosts: ['login.example'], signsInAt: 'login.example' });
    expect(needed).toBe(true);
    const shown = { ...held, shown: termsOf(question) };
    expect(asked({ server: elsewhere }, shown).needed).toBe(false);
    expect(asked({ server: elsewhere }, shown).question).not.toHaveProperty('newHosts');
  });

  it.each(['token_endpoint', 'registration_endpoint', 'revocation_endpoint'])(
    'asks when the %s moves to another host (T-22)',
    (endpoint) => {
      const server = withEndpoint({ [endpoint]: 'https://evil.example/x' });
      expect(asked({ server })).toMatchObject({
        needed: true,
        question: { newHosts: ['evil.example'] },
      });
    },
  );

  it('asks when the metadata comes from another host (T-21, Z16)', () => {
    expect(asked({ source: 'https://elsewhere.example/prm.json' }).needed).toBe(true);
  });

  it('asks when there are other providers to choose from (R10)', () => {
    const resource = {
      ...OFFER.resource,
      authorizationServers: ['https://as.example', 'https://b.example'],
    };
    expect(asked({ resource }).needed).toBe(true);
  });

  it('takes what an older grant was made with for shown, and nothing else', () => {
    const { shown: _, ...older } = held;
    expect(asked({}, { ...older, server: elsewhere }).needed).toBe(false);
    expect(asked({ server: elsewhere }, older).needed).toBe(true);
  });

  it('shows a provider as weaker that has stopped to send iss, by the grant or by what is known (T-43)', () => {
    const sends = withEndpoint({ authorization_response_iss_parameter_supported: true });
    expect(asked({ sentIss: false }, { ...held, server: sends })).toMatchObject({
      needed: true,
      question: { weaker: true },
    });
    expect(snapshot({ sentIss: true }).weaker).toBe(true);
    expect(snapshot({ sentIss: true, server: sends })).not.toHaveProperty('weaker');
    expect(snapshot({ sentIss: false })).not.toHaveProperty('weaker');
  });

  it('says where one signs in, unless the provider can say which answers are its own (T-22)', () => {
    expect(snapshot({ server: elsewhere }).signsInAt).toBe('login.example');
    const sends = { ...elsewhere, authorization_response_iss_parameter_supported: true };
    expect(snapshot({ server: sends })).not.toHaveProperty('signsInAt');
    expect(snapshot()).not.toHaveProperty('signsInAt');
  });
});

describe('the other two questions', () => {
  it('reach names site, server and host, and no provider or scope yet (Z13, Z2)', () => {
    const contact = 'https://mcp.example/*';
    expect(reachSnapshot(RECORD, { contact, held: false })).toEqual({
      stage: 'reach',
      origin: 'https://client.example',
      asked: MCP,
      resource: MCP,
      wider: false,
      foreignHosts: [],
      scopes: { added: [], held: [] },
      serverDecides: false,
      contact,
      hostAccess: [contact],
    });
  });

  it('reach asks the browser for nothing that is held already (Z13)', () => {
    const contact = 'https://mcp.example/*';
    expect(reachSnapshot(RECORD, { contact, held: true })).toMatchObject({
      contact,
      hostAccess: [],
    });
  });

  it('excess names what the server gave and nobody asked for, beside what was allowed (Z23, T-44)', () => {
    const record = { ...RECORD, request: { ...RECORD.request, excess: ['admin'] } };
    expect(excessSnapshot(record, GRANT)).toMatchObject({
      stage: 'excess',
      origin: 'https://client.example',
      resource: MCP,
      issuer: 'https://as.example',
      scopes: { added: ['admin'], held: ['a'] },
      hostAccess: [],
    });
  });

  it('excess always needs the user (Z23)', () => {
    const record = { ...RECORD, request: { ...RECORD.request, excess: ['admin'] } };
    expect(needsConsent(excessSnapshot(record, GRANT), GRANT)).toBe(true);
  });
});

describe('a server of the old rules', () => {
  it('is shown as such, and needs a decision of its own where it had metadata before (Z19)', () => {
    const held = { ...GRANT, ceiling: ['a', 'b'] };
    const legacy = snapshot({ grant: held, legacy: true });
    expect(legacy.legacy).toBe(true);
    expect(needsConsent(legacy, held)).toBe(true);
    expect(needsConsent(legacy, { ...held, legacy: true })).toBe(false);
    expect(needsConsent(snapshot({ grant: held }), held)).toBe(false);
  });
});

describe('the question for a client', () => {
  const asked = (issuer: string) =>
    clientSnapshot({ ...snapshot(), issuer }, 'https://r.example/cb');

  it('names the recipe that fits the issuer, and none elsewhere (Z53)', () => {
    const recipe = { name: 'okta', authMethod: 'none' };
    expect(asked('https://acme.okta.com/oauth2/default')).toMatchObject({
      stage: 'client',
      recipe,
    });
    expect(asked('https://acme.okta.com.evil.example')).not.toHaveProperty('recipe');
  });

  it('is the only one that names a recipe: nobody registers anything for another (Z53)', () => {
    const server = { ...SERVER, issuer: 'https://acme.okta.com' };
    expect(snapshot({ server })).not.toHaveProperty('recipe');
  });
});

describe('what a question says of lists and other sites', () => {
  it('is that less is asked for, and that a redirect URI is shared, only where it is so (Z45, Z56)', () => {
    expect(snapshot({ isLess: true, isCrowded: true })).toMatchObject({
      fewer: true,
      crowded: true,
    });
    const plain = snapshot({ isLess: false, isCrowded: false });
    expect(plain).not.toHaveProperty('fewer');
    expect(plain).not.toHaveProperty('crowded');
  });
});
