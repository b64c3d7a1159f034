import type { AuthorizationServer } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import {
  isEndpointOf,
  newHosts,
  termsOf,
  termsOfGrant,
  type Shown,
} from '../../src/protocol/covers.ts';

const PLAIN: Shown = { foreignHosts: [], wider: false };
const server = (issuer: string, authorizationEndpoint: string): AuthorizationServer => ({
  issuer,
  authorization_endpoint: authorizationEndpoint,
  token_endpoint: `${issuer}/token`,
});

describe('the terms of a question (Z42)', () => {
  const asked: [string, Partial<Shown>][] = [
    ['a host that takes part', { foreignHosts: ['a.example'] }],
    ['another host', { foreignHosts: ['b.example'] }],
    ['the same host at another port', { foreignHosts: ['a.example:8443'] }],
    ['a resource that is wider', { wider: true }],
    ['a wider resource that is not confirmed', { declared: 'https://a.example' }],
    ['another one', { declared: 'https://a.example/b' }],
    ['an older server', { legacy: true }],
    ['a provider to choose', { issuers: ['https://a.example'] }],
    ['another provider to choose', { issuers: ['https://b.example'] }],
    ['a sign-in page elsewhere', { signsInAt: 'a.example' }],
    ['a provider that is weaker than it was', { weaker: true }],
  ];

  it('differ for everything that a person is shown, and are none where nothing is', () => {
    const all = asked.flatMap(([, part]) => termsOf({ ...PLAIN, ...part }));
    expect(all).toHaveLength(asked.length);
    expect(new Set(all).size).toBe(asked.length);
    expect(termsOf(PLAIN)).toEqual([]);
  });

  it('of a grant are those that were shown; of an older one the hosts of its endpoints', () => {
    const held = server('https://as.example', 'https://login.example/authorize');
    expect(termsOfGrant({ server: held, shown: [] })).toEqual([]);
    const older = termsOfGrant({ server: held, legacy: true });
    expect(newHosts(older, ['login.example', 'as.example', 'evil.example'])).toEqual([
      'evil.example',
    ]);
    expect(older).toContain('legacy');
    expect(older).not.toContain('wide');
  });
});

describe('a sign-in page that is another provider’s (T-22, Z42)', () => {
  const honest = { issuer: 'https://honest.example' };
  const tenant = { issuer: 'https://login.example/a' };
  const fronting = {
    issuer: 'https://one.example',
    authorizationEndpoint: 'https://idp.example/one/authorize',
  };
  const evil = (endpoint: string) => server('https://evil.example', endpoint);

  it.each([
    ['lies on the other’s own origin', honest, evil('https://honest.example/authorize')],
    ['lies there with another path and query', honest, evil('https://honest.example/x?a=b')],
    ['lies at a tenant’s origin', tenant, evil('https://login.example/a/authorize')],
    ['is the very page of a grant', fronting, evil('https://idp.example/one/authorize')],
    ['is that page with a query', fronting, evil('https://idp.example/one/authorize?x=1')],
    ['is it with more slashes', fronting, evil('https://idp.example//one//authorize/')],
    ['is it in other letters', fronting, evil('https://IDP.example/One/%61uthorize;s=1')],
  ])('%s', (_how, other, its) => {
    expect(isEndpointOf(other, its)).toBe(true);
  });

  it.each([
    [
      'a provider at its own origin',
      honest,
      server('https://honest.example', 'https://honest.example/a'),
    ],
    [
      'two tenants of one origin',
      tenant,
      server('https://login.example/b', 'https://login.example/b/authorize'),
    ],
    [
      'a tenant at the page of another',
      tenant,
      server('https://login.example/b', 'https://login.example/a/authorize'),
    ],
    ['two paths of a third party', fronting, evil('https://idp.example/two/authorize')],
    [
      'the provider itself, with the one slash',
      { ...fronting, issuer: 'https://evil.example/' },
      evil('https://idp.example/one/authorize'),
    ],
    ['another port', honest, evil('https://honest.example:8443/authorize')],
    ['a look-alike', honest, evil('https://honest.example.evil.example/authorize')],
    ['a server without the endpoint', honest, { issuer: 'https://evil.example' }],
  ])('is not %s', (_what, other, its) => {
    expect(isEndpointOf(other, its)).toBe(false);
  });
});
