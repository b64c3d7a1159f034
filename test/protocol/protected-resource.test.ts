import { describe, expect, it } from 'vitest';
import {
  parseProtectedResource,
  protectedResourceUrls,
} from '../../src/protocol/protected-resource.ts';
import { codeOf } from './code-of.ts';

const ASKED = 'https://mcp.example/a/mcp';
const STRICT = { loopback: false };
const DOCUMENT = { resource: ASKED, authorization_servers: ['https://as.example'] };
const parse = (change: object, asked = ASKED) =>
  parseProtectedResource({ ...DOCUMENT, ...change }, asked, STRICT);
const refusal = (change: object, asked = ASKED) => codeOf(() => parse(change, asked));
const issuers = (...authorization_servers: unknown[]) => refusal({ authorization_servers });

describe('where the metadata lies (RFC 9728 §3.1)', () => {
  const WELL_KNOWN = 'https://mcp.example/.well-known/oauth-protected-resource';

  it('asks at the path first, then at the root (R8)', () => {
    expect(protectedResourceUrls(ASKED)).toEqual([`${WELL_KNOWN}/a/mcp`, WELL_KNOWN]);
  });

  it('asks once for a resource without a path (R8)', () => {
    expect(protectedResourceUrls('https://mcp.example')).toEqual([WELL_KNOWN]);
  });

  it('keeps trailing slash, port and query of the resource (R8, RFC 9728 §3.1)', () => {
    expect(protectedResourceUrls('https://mcp.example:8443/a/?b=c')).toEqual([
      'https://mcp.example:8443/.well-known/oauth-protected-resource/a/?b=c',
      'https://mcp.example:8443/.well-known/oauth-protected-resource',
    ]);
    expect(protectedResourceUrls('https://mcp.example?b=c')).toEqual([
      `${WELL_KNOWN}?b=c`,
      WELL_KNOWN,
    ]);
  });

  it('asks at the URL that a challenge names, and at the well-known places where there is nothing (R7)', () => {
    const named = 'https://mcp.example/custom/location.json';
    const known = [`${WELL_KNOWN}/a/mcp`, WELL_KNOWN];
    expect(protectedResourceUrls(ASKED, named)).toEqual([named, ...known]);
    expect(protectedResourceUrls(ASKED, WELL_KNOWN)).toEqual([WELL_KNOWN, `${WELL_KNOWN}/a/mcp`]);
  });
});

describe('the document (RFC 9728 §2)', () => {
  it('is read as far as it is needed (R10, R19)', () => {
    const extra = { resource_name: '<b>Bank</b>', jwks_uri: 'x', bearer_methods_supported: 1 };
    expect(parse({ ...extra, scopes_supported: ['a', 'b', 'a'] })).toEqual({
      resource: ASKED,
      match: 'same',
      authorizationServers: ['https://as.example'],
      scopesSupported: ['a', 'b'],
    });
  });

  it('names no scopes when the document names none (R47)', () => {
    expect(parse({})).not.toHaveProperty('scopesSupported');
    expect(parse({ scopes_supported: [] }).scopesSupported).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'https://as.example'],
    ['an array', [DOCUMENT]],
    ['a number', 1],
    ['nothing', undefined],
    ['an empty object', {}],
    ['no resource', { authorization_servers: ['https://as.example'] }],
    ['a resource that is no string', { ...DOCUMENT, resource: [ASKED] }],
    [
      'authorization servers as a string',
      { ...DOCUMENT, authorization_servers: 'https://as.example' },
    ],
    ['authorization servers that are no strings', { ...DOCUMENT, authorization_servers: [{}] }],
    ['authorization servers that are null', { ...DOCUMENT, authorization_servers: [null] }],
  ])('fails discovery when it is %s (F3, R4, R19)', (_, json) => {
    expect(codeOf(() => parseProtectedResource(json, ASKED, STRICT))).toBe('discovery_failed');
  });

  it('needs at least one authorization server (R10)', () => {
    // Read as its own origin, so that the user can be asked; without them it is a refusal (Z53).
    for (const authorization_servers of [undefined, [], null]) {
      const read = parse({ authorization_servers });
      expect(read).toMatchObject({
        ownProvider: true,
        authorizationServers: [new URL(ASKED).origin],
      });
    }
    expect(parse({ authorization_servers: ['https://as.example'] })).not.toHaveProperty(
      'ownProvider',
    );
  });

  it('takes the first ten authorization servers (5.5)', () => {
    const many = Array.from({ length: 12 }, (_, i) => `https://as${i}.example`);
    expect(parse({ authorization_servers: many }).authorizationServers).toEqual(many.slice(0, 10));
  });

  it('passes over an authorization server that may not be contacted, where there is another (Z50)', () => {
    const good = 'https://as.example';
    for (const bad of ['', 'http://as.example', 'https://10.0.0.1', 'https://as.example?x']) {
      expect(parse({ authorization_servers: [bad, good] }).authorizationServers).toEqual([good]);
      expect(issuers(bad)).toBe('policy_blocked');
    }
  });

  it.each<[string, unknown]>([
    ['a string', 'a b'],
    ['null', null],
    ['no strings', [1]],
    ['a scope that is two', ['a b']],
    ['a scope that is not NQCHAR', ['files:re\u0430d']],
    ['a scope of 300 characters', ['x'.repeat(300)]],
    ['118 scopes', Array.from({ length: 118 }, (_, i) => `s${i}`)],
    ['more than 4096 characters', Array.from({ length: 60 }, (_, i) => `${'x'.repeat(80)}${i}`)],
  ])(
    'names no scopes where its catalogue is %s, and is good all the same (Z54, V11)',
    (_, scopes_supported) => {
      expect(parse({ scopes_supported })).not.toHaveProperty('scopesSupported');
    },
  );

  it('takes 100 scopes, and drops empty ones (5.5, Z54)', () => {
    const scopes = Array.from({ length: 100 }, (_, i) => `s${i}`);
    expect(parse({ scopes_supported: ['', ...scopes] }).scopesSupported).toEqual(scopes);
  });

  it('keeps the order of the authorization servers and their bytes (R10, 3.3)', () => {
    const named = ['https://b.example/t/', 'https://a.example', 'https://b.example/t'];
    expect(parse({ authorization_servers: named }).authorizationServers).toEqual(named);
  });

  it('speaks for the resource that was asked for, or for nothing (R19, T-20)', () => {
    const declared = ['https://evil.example/a/mcp', `${ASKED}/x`, 'https://mcp.example/b', ''];
    expect(declared.map((resource) => refusal({ resource }))).toEqual(
      declared.map(() => 'invalid_target'),
    );
  });

  it('says so when it speaks for more than was asked for (Z15)', () => {
    expect(parse({ resource: 'https://mcp.example' })).toMatchObject({
      resource: 'https://mcp.example',
      match: 'wider',
    });
  });

  it('keeps the declared resource byte for byte (R74, R70)', () => {
    const declared = parse({ resource: 'https://mcp.example/' }, 'https://mcp.example');
    expect(declared).toMatchObject({ resource: 'https://mcp.example/', match: 'same' });
  });

  it('blocks issuers that may not be contacted (R83, R93, R103)', () => {
    const blocked = [
      'http://as.example',
      'https://192.168.1.1',
      'https://as.local',
      'javascript:alert(1)',
      'https://as.example#f',
    ];
    expect(blocked.map((issuer) => issuers(issuer))).toEqual(blocked.map(() => 'policy_blocked'));
    expect(issuers(...blocked)).toBe('policy_blocked');
  });

  it('allows loopback issuers where loopback is allowed (Z3)', () => {
    const json = { ...DOCUMENT, authorization_servers: ['http://localhost:9000'] };
    expect(codeOf(() => parseProtectedResource(json, ASKED, STRICT))).toBe('policy_blocked');
    expect(codeOf(() => parseProtectedResource(json, ASKED, { loopback: true }))).toBeUndefined();
  });

  it('refuses issuers with a query (RFC 8414 §2, R67)', () => {
    expect(issuers('https://as.example?tenant=1')).toBeDefined();
    expect(issuers('https://as.example/t?')).toBeDefined();
  });

  it('refuses issuers that the URL parser would have to repair (3.3)', () => {
    const repaired = [
      'https:as.example',
      'https:/as.example',
      'https:///as.example',
      'https://as.example/a/../b',
      'https://as.example/a/%2e%2e/b',
    ];
    expect(repaired.filter((issuer) => issuers(issuer) === undefined)).toEqual([]);
  });

  it('refuses issuers that parsing does not give back byte for byte (3.3, D17)', () => {
    const other = [
      'https://AS.example',
      'HTTPS://as.example',
      'https://as.example:443',
      'https://@as.example',
    ];
    expect(other.filter((issuer) => issuers(issuer) === undefined)).toEqual([]);
  });

  it('reads nothing from a prototype and leaves none changed (T-31)', () => {
    const json: unknown = JSON.parse(
      `{"__proto__": ${JSON.stringify({ ...DOCUMENT, polluted: 1 })}, "constructor": {"prototype": {"polluted": 1}}}`,
    );
    expect(codeOf(() => parseProtectedResource(json, ASKED, STRICT))).toBe('discovery_failed');
    expect('polluted' in {}).toBe(false);
  });

  it('tells our own pages the host of the resource, and nothing the document says (T-32)', () => {
    const failing = () =>
      parse({ authorization_servers: ['secret-marker'], resource: 'secret-marker' });
    expect(failing).toThrow(
      expect.objectContaining({
        detail: { host: 'mcp.example', reason: 'other_resource' },
      }),
    );
    expect(failing).not.toThrow(/secret-marker/);
  });
});

describe('tokens that are bound to a key (RFC 9728 §2, RFC 9449, Z36)', () => {
  it.each<[string, object, string | undefined]>([
    ['nothing is said', {}, undefined],
    [
      'ES256 is among the algorithms',
      { dpop_signing_alg_values_supported: ['EdDSA', 'ES256'] },
      'offered',
    ],
    ['other algorithms are listed', { dpop_signing_alg_values_supported: ['RS256'] }, undefined],
    ['the list is none', { dpop_signing_alg_values_supported: 'ES256' }, undefined],
    ['they are required', { dpop_bound_access_tokens_required: true }, 'required'],
    [
      'they are required, in the wrong type',
      { dpop_bound_access_tokens_required: 'true' },
      'required',
    ],
    [
      'they are required, by ES256',
      { dpop_bound_access_tokens_required: true, dpop_signing_alg_values_supported: ['ES256'] },
      'required',
    ],
    ['they are not required', { dpop_bound_access_tokens_required: false }, undefined],
  ])('are read where %s', (_, change, binding) => {
    expect(parse(change).binding).toBe(binding);
  });

  it('are refused where they are required by other algorithms only', () => {
    const change = { dpop_bound_access_tokens_required: true };
    expect(refusal({ ...change, dpop_signing_alg_values_supported: ['RS256'] })).toBe(
      'discovery_failed',
    );
    expect(refusal({ ...change, dpop_signing_alg_values_supported: [] })).toBe('discovery_failed');
  });
});
