import { describe, expect, it } from 'vitest';
import { authorizationUrl, type AuthorizationRequest } from '../../src/protocol/authorization.ts';

const REQUEST: AuthorizationRequest = {
  endpoint: 'https://as.example/authorize',
  clientId: 'client 1&x=y',
  redirectUri: 'https://abcdef.chromiumapp.org/cb/0123456789abcdef',
  state: 'our-state',
  // RFC 7636 appendix B
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  resource: 'https://mcp.example/mcp',
  scopes: ['files:read', 'files:write'],
};
const OURS = {
  response_type: 'code',
  client_id: REQUEST.clientId,
  redirect_uri: REQUEST.redirectUri,
  state: REQUEST.state,
  code_challenge: REQUEST.codeChallenge,
  code_challenge_method: 'S256',
  resource: REQUEST.resource,
  scope: 'files:read files:write',
};
const url = (change: Partial<AuthorizationRequest> = {}) =>
  new URL(authorizationUrl({ ...REQUEST, ...change }));
const parameters = (change: Partial<AuthorizationRequest> = {}) => [
  ...url(change).searchParams.entries(),
];

describe('the authorization request (OAuth 2.1 §4.1.1)', () => {
  it('carries each of our parameters once, and nothing else (R69, R85, R87, R92)', () => {
    expect(Object.fromEntries(parameters())).toEqual(OURS);
    expect(parameters()).toHaveLength(Object.keys(OURS).length);
  });

  it('goes to the endpoint as it was declared (R99)', () => {
    expect(url().origin + url().pathname).toBe(REQUEST.endpoint);
    expect(url().hash).toBe('');
  });

  it('replaces 14 parameters that the endpoint pre-fills, some of them twice (T-23, R85, R91)', () => {
    const prefilled = [
      ...['response_type=token', 'response_mode=fragment', 'client_id=evil', 'scope=admin'],
      ...['redirect_uri=https%3A%2F%2Fevil.example', 'state=evil', 'state=evil2', 'prompt=none'],
      ...[
        'code_challenge=evil',
        'code_challenge_method=plain',
        'resource=https%3A%2F%2Fevil.example',
      ],
      ...['resource=https%3A%2F%2Fevil2.example', 'request=evil.jwt', 'request_uri=urn%3Aevil'],
      ...['authorization_details=evil', 'claims=evil'],
    ];
    expect(new Set(prefilled.map((one) => one.split('=')[0])).size).toBe(14);
    const built = url({ endpoint: `${REQUEST.endpoint}?${prefilled.join('&')}` });
    expect([...built.searchParams.entries()]).toHaveLength(Object.keys(OURS).length);
    expect(Object.fromEntries(built.searchParams)).toEqual(OURS);
    expect(built.href).not.toContain('evil');
  });

  it('names the key of a bound token, and no key that the endpoint pre-fills (RFC 9449 §10, Z36)', () => {
    const endpoint = `${REQUEST.endpoint}?dpop_jkt=evil`;
    expect(url({ endpoint }).searchParams.has('dpop_jkt')).toBe(false);
    const own = url({ endpoint, proofKey: 'thumbprint' }).searchParams.getAll('dpop_jkt');
    expect(own).toEqual(['thumbprint']);
  });

  it('recognises pre-filled names behind percent-encoding (T-23)', () => {
    const endpoint = `${REQUEST.endpoint}?%73tate=evil&redirect%5Furi=evil&sc%6Fpe=evil`;
    expect(Object.fromEntries(url({ endpoint }).searchParams)).toEqual(OURS);
    expect(url({ endpoint }).href).not.toContain('evil');
  });

  it('does not let metadata ask for more than what the user was shown (T-23, RFC 9396 §2)', () => {
    const details = 'authorization_details=%5B%7B%22type%22%3A%22admin%22%7D%5D';
    const claims = 'claims=%7B%22userinfo%22%3A%7B%22email%22%3Anull%7D%7D';
    const built = url({ endpoint: `${REQUEST.endpoint}?${details}&${claims}` });
    expect(Object.fromEntries(built.searchParams)).toEqual(OURS);
  });

  it('removes a pre-filled scope and prompt when it sends none (T-23, R47)', () => {
    const built = url({ endpoint: `${REQUEST.endpoint}?scope=admin&prompt=none`, scopes: [] });
    expect(built.searchParams.has('scope')).toBe(false);
    expect(built.searchParams.has('prompt')).toBe(false);
  });

  it('keeps what else the endpoint has in its query (RFC 6749 §3.1)', () => {
    const built = url({ endpoint: `${REQUEST.endpoint}?tenant=a%26b&state=x&v=2` });
    expect(Object.fromEntries(built.searchParams)).toEqual({ tenant: 'a&b', v: '2', ...OURS });
  });

  it('names the resource whatever else is asked for (R68, R69, R75, D2)', () => {
    const resources = ['https://h.example', 'https://h.example/a?b=c', 'http://localhost:3000'];
    const sent = resources.map((resource) =>
      url({ resource, scopes: [] }).searchParams.getAll('resource'),
    );
    expect(sent).toEqual(resources.map((resource) => [resource]));
  });

  it('omits scope when there is none to ask for (R47)', () => {
    expect(url({ scopes: [] }).searchParams.has('scope')).toBe(false);
  });

  it('asks for consent when it asks for offline_access, and only then (T-42, R49)', () => {
    const prompts = (...scopes: string[]) => url({ scopes }).searchParams.getAll('prompt');
    expect(prompts('a', 'offline_access')).toEqual(['consent']);
    expect(prompts('a', 'offline_access_x', 'OFFLINE_ACCESS')).toEqual([]);
  });

  it('writes text of others as values, never as further parameters (T-23)', () => {
    const hostile = 'x&redirect_uri=https://evil.example#y+z %26';
    const built = url({ clientId: hostile, scopes: ['a&state=evil'] });
    expect(built.searchParams.get('client_id')).toBe(hostile);
    expect(built.searchParams.get('scope')).toBe('a&state=evil');
    expect(parameters({ clientId: hostile })).toHaveLength(Object.keys(OURS).length);
    expect(built.hash).toBe('');
  });
});
