/** Which overrides hold where, and which failures any can cure (Z53). */
import { describe, expect, it } from 'vitest';
import { authorizationServerByHand } from '../../src/protocol/authorization-server.ts';
import {
  findLacking,
  findOverride,
  findUnset,
  hasStopped,
  overrideKey,
  restsOn,
  toldOf,
} from '../../src/protocol/overrides.ts';
import { resourceParameter } from '../../src/protocol/resource.ts';
import { FAILURE_REASONS } from '../../src/shared/errors.ts';
import {
  ASKED_OVERRIDES,
  OVERRIDE_KINDS,
  SETTINGS_OVERRIDES,
  type Override,
} from '../../src/shared/facts/override.ts';
import { cureOf } from '../../src/shared/override-cures.ts';

const ISSUER = 'https://as.example';
const RESOURCE = 'https://mcp.example/mcp';
const PLACE = { issuer: ISSUER, resource: RESOURCE };
const GOOD = { issuer: ISSUER, code_challenge_methods_supported: ['S256'] };
const WEAK = { issuer: ISSUER };
const NAMED = { resource: RESOURCE, match: 'same' as const, authorizationServers: [ISSUER] };
const set = (kind: Override['kind'], at = 7): Override => ({ ...overrideKey(kind, PLACE), at });

describe('where an override holds', () => {
  /** Names that only look like the one that was set. */
  const LIKE = (name: string) => [
    `${name}/`,
    name.toUpperCase(),
    name.replace('https:', 'http:'),
    name.replace('.example', '.example.'),
    `${name}:443`,
    `${name}?x`,
    `${name}#x`,
    ` ${name}`,
    `${name}%2f`,
    name.slice(0, -1),
    '',
  ];

  it.each(OVERRIDE_KINDS)('%s holds at exactly its place, byte for byte (Z53)', (kind) => {
    const all = [set(kind)];
    expect(findOverride(all, kind, PLACE)).toEqual(all[0]);
    const { issuer, resource } = overrideKey(kind, PLACE);
    const others = [
      ...(issuer === '' ? [] : LIKE(ISSUER).map((one) => ({ ...PLACE, issuer: one }))),
      ...(resource === '' ? [] : LIKE(RESOURCE).map((one) => ({ ...PLACE, resource: one }))),
    ];
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter((place) => findOverride(all, kind, place))).toEqual([]);
  });

  it('one kind is no other', () => {
    for (const kind of OVERRIDE_KINDS) {
      const others = OVERRIDE_KINDS.filter((one) => one !== kind);
      expect(findUnset([set(kind)], OVERRIDE_KINDS, PLACE)).toEqual(others);
    }
  });

  it('every kind is about somebody', () => {
    for (const kind of OVERRIDE_KINDS) {
      const { issuer, resource } = overrideKey(kind, PLACE);
      expect(issuer + resource).not.toBe('');
    }
  });
});

describe('what is lacking', () => {
  it('is PKCE where nothing is advertised, and a provider where none is named', () => {
    expect(findLacking({ server: GOOD, resource: NAMED })).toEqual([]);
    expect(findLacking({ server: WEAK, resource: NAMED })).toEqual(['pkce']);
    const ownProvider = { ...NAMED, ownProvider: true as const };
    expect(findLacking({ server: WEAK, resource: ownProvider })).toEqual(['pkce', 'own_provider']);
  });

  it('is nothing more where the rules of 2025-03-26 or typed addresses are asked about as a whole', () => {
    expect(findLacking({ server: WEAK, resource: NAMED, assumed: true })).toEqual([]);
    const typed = {
      ...set('endpoints'),
      authorizationEndpoint: `${ISSUER}/a`,
      tokenEndpoint: `${ISSUER}/t`,
    };
    const server = authorizationServerByHand(typed, { loopback: false });
    expect(findLacking({ server, resource: NAMED })).toEqual([]);
    expect(restsOn({ server, resource: NAMED }, [typed], false)).toEqual(['endpoints']);
  });

  it('is worse than missing where the same provider had it before (T-43)', () => {
    expect(hasStopped(WEAK, GOOD)).toBe(true);
    expect(hasStopped(WEAK, WEAK)).toBe(false);
    expect(hasStopped(WEAK, { ...GOOD, issuer: 'https://former.example' })).toBe(false);
    expect(hasStopped(WEAK, undefined)).toBe(false);
  });
});

describe('typed addresses', () => {
  it.each([
    'http://as.example/t',
    'https://10.0.0.1/t',
    'javascript:x',
    '',
    'https://u@as.example/',
  ])('are judged like those of metadata: %s', (tokenEndpoint) => {
    const typed = { ...set('endpoints'), authorizationEndpoint: `${ISSUER}/a`, tokenEndpoint };
    expect(() => authorizationServerByHand(typed, { loopback: false })).toThrow(
      expect.objectContaining({ code: 'policy_blocked' }),
    );
  });
});

describe('the resource', () => {
  it('goes unnamed only where that is rested on, and that takes the pair and a client by hand', () => {
    const found = { server: GOOD, resource: NAMED };
    const all = [set('no_resource')];
    expect(restsOn(found, all, false)).toEqual([]);
    expect(restsOn(found, [], true)).toEqual([]);
    expect(restsOn(found, all, true)).toEqual(['no_resource']);
    expect(resourceParameter({ resource: RESOURCE, overrides: ['no_resource'] })).toBeUndefined();
    const others = OVERRIDE_KINDS.filter((kind) => kind !== 'no_resource');
    expect(resourceParameter({ resource: RESOURCE, overrides: others })).toBe(RESOURCE);
  });
});

describe('what is told', () => {
  it('is when it was set, and what it says', () => {
    const pair = { ...set('issuer_pair', 1), called: 'https://b.example' };
    const scopes = { ...set('scopes', 2), scopes: ['a', 'b'] };
    expect(toldOf([pair, scopes], ['issuer_pair', 'scopes', 'pkce'], PLACE)).toEqual([
      { kind: 'issuer_pair', at: 1, says: 'https://b.example' },
      { kind: 'scopes', at: 2, says: 'a b' },
    ]);
  });
});

describe('what can be cured', () => {
  it('is seven failures, and none of those that may be an attack (Z53)', () => {
    const cured = FAILURE_REASONS.filter((reason) => cureOf(reason) !== undefined);
    expect(cured.sort()).toEqual([
      'names_no_provider',
      'no_pkce',
      'no_server_metadata',
      'other_issuer',
      'resource_refused',
      'scope_refused',
      'sign_in_closed',
    ]);
    const never = [
      'iss_wrong',
      'iss_missing',
      'other_resource',
      'redirected',
      'state_wrong',
    ] as const;
    expect(never.map(cureOf)).toEqual(never.map(() => undefined));
  });

  it('each kind can be set at one place only', () => {
    const elsewhere = [...ASKED_OVERRIDES, ...SETTINGS_OVERRIDES, 'scopes'];
    expect(elsewhere.sort()).toEqual([...OVERRIDE_KINDS].sort());
  });
});
