import { describe, expect, it } from 'vitest';
import {
  authorizationServerUrls,
  endpointUrls,
  parseAuthorizationServer,
} from '../../src/protocol/authorization-server.ts';
import { findLacking } from '../../src/protocol/overrides.ts';
import { codeOf } from './code-of.ts';

const ISSUER = 'https://as.example/tenant';
const STRICT = { loopback: false };
const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  code_challenge_methods_supported: ['S256'],
};
const parse = (change: object, issuer = ISSUER) =>
  parseAuthorizationServer({ ...DOCUMENT, ...change }, issuer, STRICT);
const refusal = (change: object, issuer = ISSUER) => codeOf(() => parse(change, issuer));

describe('where the metadata lies', () => {
  it('asks RFC 8414, then OpenID, for an issuer without a path (R13, R15)', () => {
    const urls = [
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/.well-known/openid-configuration',
    ];
    expect(authorizationServerUrls('https://as.example')).toEqual(urls);
    expect(authorizationServerUrls('https://as.example/')).toEqual(urls);
  });

  it('inserts the path twice, then appends, for an issuer with a path (R13, R14)', () => {
    const urls = [
      'https://as.example/.well-known/oauth-authorization-server/t/1',
      'https://as.example/.well-known/openid-configuration/t/1',
      'https://as.example/t/1/.well-known/openid-configuration',
    ];
    expect(authorizationServerUrls('https://as.example/t/1')).toEqual(urls);
    expect(authorizationServerUrls('https://as.example/t/1/')).toEqual(urls);
  });

  it('keeps a port and a loopback host as they are (R14, Z3)', () => {
    expect(authorizationServerUrls('http://localhost:9000/t')[0]).toBe(
      'http://localhost:9000/.well-known/oauth-authorization-server/t',
    );
  });
});

describe('the issuer (RFC 8414 §3.3)', () => {
  it('accepts the identical string (R16)', () => {
    expect(parse({}).issuer).toBe(ISSUER);
  });

  it.each([
    ['a trailing slash', 'https://as.example/tenant/'],
    ['an upper-case scheme', 'HTTPS://as.example/tenant'],
    ['an upper-case host', 'https://AS.example/tenant'],
    ['a default port', 'https://as.example:443/tenant'],
    ['percent-encoding', 'https://as.example/t%65nant'],
    ['another path', 'https://as.example/other'],
    ['no path', 'https://as.example'],
    ['a query', 'https://as.example/tenant?'],
    ['a fragment', 'https://as.example/tenant#'],
    ['a blank', 'https://as.example/tenant '],
    ['http', 'http://as.example/tenant'],
    ['dot segments', 'https://as.example/x/../tenant'],
    ['another host', 'https://evil.example/tenant'],
    ['nothing', ''],
  ])(
    'rejects metadata whose issuer differs by %s (RFC 8414 §3.3, R16, R17, D5, D17)',
    (_, issuer) => {
      expect(refusal({ issuer })).toBe('issuer_mismatch');
    },
  );

  it.each([
    ['https://as.example', 'https://as.example/'],
    ['https://as.example/', 'https://as.example'],
    ['http://localhost:9000/', 'http://localhost:9000'],
  ])(
    'takes %s for %s: one slash at a bare origin, in the spelling of the document (Z49)',
    (issuer, asked) => {
      const policy = { loopback: true };
      expect(parseAuthorizationServer({ ...DOCUMENT, issuer }, asked, policy).issuer).toBe(issuer);
    },
  );

  it.each([
    ['https://as.example//', 'https://as.example'],
    ['https://as.example/t/', 'https://as.example/t'],
    ['https://as.example?', 'https://as.example'],
    ['https://AS.example/', 'https://as.example'],
    ['https://as.example:443/', 'https://as.example'],
    ['http://as.example/', 'https://as.example'],
    ['https://as.example.evil.example/', 'https://as.example'],
  ])('does not take %s for %s (R16, D5, Z49)', (issuer, asked) => {
    expect(refusal({ issuer }, asked)).toBe('issuer_mismatch');
  });

  it('rejects honest.example in a document from attacker.example (R18)', () => {
    const issuer = 'https://attacker.example';
    expect(refusal({ issuer: 'https://honest.example' }, issuer)).toBe('issuer_mismatch');
  });

  it('judges the issuer before anything else that is well-formed (R17)', () => {
    const issuer = 'https://honest.example';
    expect(refusal({ issuer, code_challenge_methods_supported: [] })).toBe('issuer_mismatch');
    expect(refusal({ issuer, token_endpoint: 'http://evil.example' })).toBe('issuer_mismatch');
  });

  it('tells our own pages the host that was asked, and nothing the document says (T-32)', () => {
    const failing = () => parse({ issuer: 'https://secret-marker.example' });
    expect(failing).toThrow(
      expect.objectContaining({
        detail: { host: 'as.example', issuer: ISSUER, reason: 'other_issuer' },
      }),
    );
    expect(failing).not.toThrow(/secret-marker/);
  });
});

describe('PKCE (RFC 7636)', () => {
  const methods = (code_challenge_methods_supported: unknown) =>
    refusal({ code_challenge_methods_supported });
  const resource = { resource: 'x', match: 'same' as const, authorizationServers: [ISSUER] };
  const lacking = (change: object) => findLacking({ server: parse(change), resource });

  it('refuses metadata that names no methods (R86, R88, D1)', () => {
    expect(methods([])).toBe('pkce_unsupported');
    // It is read, so that the user can be asked; without them it is a refusal (Z53).
    expect(lacking({ code_challenge_methods_supported: undefined })).toEqual(['pkce']);
  });

  it('refuses metadata that names other methods only (R87, R88)', () => {
    expect(methods(['plain'])).toBe('pkce_unsupported');
    expect(methods(['s256', 'S256 ', 'SHA256', ''])).toBe('pkce_unsupported');
  });

  it.each([
    ['S256'],
    [{ S256: true }],
    [true],
    [['S256', 1]],
    [[['S256']]],
    [{ 0: 'S256', length: 1 }],
  ])('refuses methods that are no array of strings: %j (R88)', (value) => {
    expect(methods(value)).toBeDefined();
  });

  it('takes null for absent (Z50)', () => {
    expect(lacking({ code_challenge_methods_supported: null })).toEqual(['pkce']);
  });

  it('accepts S256 among others (R87)', () => {
    expect(methods(['plain', 'S256'])).toBeUndefined();
  });

  it('asks the same of an OpenID document (R89)', () => {
    const openid = {
      jwks_uri: 'https://as.example/jwks',
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
    };
    expect(lacking({ ...openid, code_challenge_methods_supported: undefined })).toEqual(['pkce']);
    expect(lacking(openid)).toEqual([]);
  });
});

describe('the endpoints (R83, R99, T-23)', () => {
  const NEEDED = ['authorization_endpoint', 'token_endpoint'];
  const OPTIONAL = ['registration_endpoint', 'revocation_endpoint'];

  it.each([
    'http://as.example/x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'ftp://as.example/x',
    'https://user@as.example/x',
    'https://as.example/x#fragment',
    'https://192.168.1.1/x',
    'https://127.0.0.1/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://router.local/x',
    'https://exa\tmple.com/x',
    '/relative',
    '',
  ])(
    'contacts no %j: it is refused where it is needed, else left out (R83, R99, R103, D6, T-23)',
    (url) => {
      expect(NEEDED.map((name) => refusal({ [name]: url }))).toEqual(
        NEEDED.map(() => 'policy_blocked'),
      );
      expect(OPTIONAL.map((name) => parse({ [name]: url })[name])).toEqual(
        OPTIONAL.map(() => undefined),
      );
    },
  );

  it('lets metadata put an endpoint on loopback only where loopback is allowed (Z3, T-29)', () => {
    const json = { ...DOCUMENT, token_endpoint: 'http://127.0.0.1:9000/token' };
    expect(codeOf(() => parseAuthorizationServer(json, ISSUER, STRICT))).toBe('policy_blocked');
    expect(parseAuthorizationServer(json, ISSUER, { loopback: true }).token_endpoint).toBe(
      'http://127.0.0.1:9000/token',
    );
  });

  it('lists every endpoint that will be contacted (Z13, T-22)', () => {
    const registration_endpoint = 'https://dcr.example/register';
    const revocation_endpoint = 'https://as.example/revoke?x=y';
    expect(endpointUrls(parse({ registration_endpoint, revocation_endpoint }))).toEqual([
      DOCUMENT.authorization_endpoint,
      DOCUMENT.token_endpoint,
      registration_endpoint,
      revocation_endpoint,
    ]);
    expect(endpointUrls(parse({}))).toHaveLength(2);
  });

  it('keeps no endpoint that it has not judged (R103, T-23)', () => {
    const metadata = parse({
      userinfo_endpoint: 'http://10.0.0.1/',
      jwks_uri: 'file:///x',
      mtls_endpoint_aliases: { token_endpoint: 'http://evil.example/token' },
      pushed_authorization_request_endpoint: 'http://evil.example/par',
    });
    expect(JSON.stringify(metadata)).not.toMatch(/10\.0\.0\.1|file:|evil/);
  });
});

describe('the document', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['a string', '<html>'],
    ['an array', [DOCUMENT]],
    ['an empty object', {}],
    ['no issuer', { ...DOCUMENT, issuer: undefined }],
    ['an issuer that is no string', { ...DOCUMENT, issuer: [ISSUER] }],
    ['no authorization endpoint', { ...DOCUMENT, authorization_endpoint: undefined }],
    ['no token endpoint', { ...DOCUMENT, token_endpoint: undefined }],
    ['a token endpoint that is no string', { ...DOCUMENT, token_endpoint: ['https://as.example'] }],
  ])('never starts a flow when it is %s (ISS-1, D3, D4, F4)', (_, json) => {
    expect(codeOf(() => parseAuthorizationServer(json, ISSUER, STRICT))).toBe('discovery_failed');
  });

  it('advertises iss by true, also as a string, and refuses what cannot be told (ISS-5, Z50)', () => {
    const flag = (value: unknown) => ({ authorization_response_iss_parameter_supported: value });
    const advertises = (value: unknown) =>
      parse(flag(value)).authorization_response_iss_parameter_supported;
    expect([true, 'true'].map(advertises)).toEqual([true, true]);
    expect([undefined, false, null].map(advertises)).toEqual([false, false, false]);
    const others = [1, {}, [], [true], 'yes', ''];
    expect(others.map((value) => refusal(flag(value)))).toEqual(
      others.map(() => 'discovery_failed'),
    );
  });

  it('is read without an optional member that cannot be (V8, V11)', () => {
    const odd = {
      registration_endpoint: null,
      revocation_endpoint: 7,
      scopes_supported: 'a b',
      token_endpoint_auth_methods_supported: null,
      grant_types_supported: {},
    };
    expect(parse(odd)).not.toHaveProperty('registration_endpoint');
    expect(Object.keys(odd).filter((name) => name in parse(odd))).toEqual([]);
  });

  it('says before any window opens that the server takes pushed requests only (X10)', () => {
    const par = (value: unknown) => refusal({ require_pushed_authorization_requests: value });
    expect([true, false, 'x', null].map(par)).toEqual([
      'authorization_failed',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('advertises client id metadata documents by a literal true only (R30)', () => {
    const advertises = (value: unknown) =>
      parse({ client_id_metadata_document_supported: value })[
        'client_id_metadata_document_supported'
      ];
    expect([true, 'true', 1, undefined].map(advertises)).toEqual([true, false, false, false]);
  });

  it('takes no member from a prototype and leaves none changed (T-31)', () => {
    const hostile = JSON.stringify({
      authorization_response_iss_parameter_supported: true,
      registration_endpoint: 'https://evil.example/register',
      polluted: 1,
    });
    const text = `${JSON.stringify(DOCUMENT).slice(0, -1)}, "__proto__": ${hostile}, "constructor": {"prototype": ${hostile}}}`;
    const metadata = parseAuthorizationServer(JSON.parse(text), ISSUER, STRICT);
    expect(metadata.authorization_response_iss_parameter_supported).toBe(false);
    expect(metadata.registration_endpoint).toBeUndefined();
    expect('polluted' in {} || 'polluted' in metadata).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('leaves out what is absent, for the library that reads it', () => {
    expect(Object.values(parse({}))).not.toContain(undefined);
  });
});
