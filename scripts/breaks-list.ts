/** The faults of `npm run breaks`: one for each of these MUST rows, as small as the mistake that it stands for. */

/** A fault: `find` stands exactly once in the file. */
export interface Break {
  /** The requirement; docs/conformance.md names the test that has to notice. */
  row: string;
  /** What goes wrong, in a few words. */
  says: string;
  file: string;
  find: string;
  replace: string;
}

const PROTECTED_RESOURCE = 'src/protocol/protected-resource.ts';
const AUTHORIZATION_SERVER = 'src/protocol/authorization-server.ts';
const AUTHORIZATION = 'src/protocol/authorization.ts';
const CLIENT_DOCUMENT = 'src/protocol/client-document.ts';
const REGISTRATION = 'src/protocol/client-registration.ts';
const METHODS = "if (!metadata.code_challenge_methods_supported?.includes('S256')) {";
const SAME_ISSUER =
  "if (!isSameIssuer(metadata.issuer, issuer)) throw failed('issuer_mismatch', 'other_issuer');";
const IS_SAME = '!isSameIssuer(metadata.issuer, issuer)';

export const BREAKS: readonly Break[] = [
  {
    row: 'R7',
    says: 'the URL of the challenge is ignored',
    file: PROTECTED_RESOURCE,
    find: '[...new Set([resourceMetadata, ...known])]',
    replace: 'known',
  },
  {
    row: 'R8',
    says: 'the root is asked first',
    file: PROTECTED_RESOURCE,
    find: '[root + path + search, root]',
    replace: '[root, root + path + search]',
  },
  {
    row: 'R9',
    says: 'the page keeps the challenge to itself',
    file: 'src/client/exchange.ts',
    find: 'if (header !== undefined) params.challenge = header;',
    replace: '',
  },
  {
    row: 'R14',
    says: 'OpenID before RFC 8414, with a path',
    file: AUTHORIZATION_SERVER,
    find: 'return [oauth, openid, `',
    replace: 'return [openid, oauth, `',
  },
  {
    row: 'R15',
    says: 'OpenID before RFC 8414, without a path',
    file: AUTHORIZATION_SERVER,
    find: "if (path === '') return [oauth, openid];",
    replace: "if (path === '') return [openid, oauth];",
  },
  {
    row: 'R16',
    says: 'issuers are compared as URLs',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: SAME_ISSUER.replace(IS_SAME, 'new URL(metadata.issuer).href !== new URL(issuer).href'),
  },
  {
    row: 'R17',
    says: 'an issuer with a longer path is forgiven',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: SAME_ISSUER.replace(IS_SAME, '!metadata.issuer.startsWith(issuer)'),
  },
  {
    row: 'R18',
    says: 'whose document it is does not matter',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: '',
  },
  {
    row: 'R26',
    says: 'a client id without a path will do',
    file: CLIENT_DOCUMENT,
    find: " && bare && parsed.pathname !== '/'",
    replace: ' && bare',
  },
  {
    row: 'R27',
    says: 'a document needs no name',
    file: CLIENT_DOCUMENT,
    find: 'client_name: v.pipe(v.string(), v.minLength(1)),',
    replace: 'client_name: v.optional(v.string()),',
  },
  {
    row: 'R28',
    says: 'a document may be another client’s',
    file: CLIENT_DOCUMENT,
    find: "if (document.output.client_id !== url) return 'client_id';",
    replace: '',
  },
  {
    row: 'R32',
    says: 'no application_type is sent',
    file: REGISTRATION,
    find: '    application_type: applicationType,\n',
    replace: '',
  },
  {
    row: 'R48',
    says: 'secrets are written as they are',
    file: 'src/background/storage/sealing.ts',
    find: 'data: await crypto.subtle.encrypt(algorithm(iv, context), key.current, plain)',
    replace: 'data: await Promise.resolve(plain.buffer)',
  },
  {
    row: 'R62',
    says: 'iss is not compared with what was recorded',
    file: AUTHORIZATION,
    find: "if (iss !== null && iss !== expected.issuer) return 'iss_mismatch';",
    replace: '',
  },
  {
    row: 'R63',
    says: 'an iss that was promised may be missing',
    file: AUTHORIZATION,
    find: "if (iss === null && expected.issParameterSupported) return 'iss_missing';",
    replace: '',
  },
  {
    row: 'R64',
    says: 'iss is compared without its trailing slash',
    file: AUTHORIZATION,
    find: 'iss !== null && iss !== expected.issuer',
    replace: "iss !== null && iss.replace(/\\/$/, '') !== expected.issuer.replace(/\\/$/, '')",
  },
  {
    row: 'R66',
    says: 'a mismatch is an ordinary failure',
    file: AUTHORIZATION,
    find: "throw serverFault('issuer_mismatch', issuer, reason, { cause: fault });",
    replace: "throw serverFault('authorization_failed', issuer, reason, { cause: fault });",
  },
  {
    row: 'R68',
    says: 'the authorization request names no resource',
    file: AUTHORIZATION,
    find: '    resource: request.resource,\n',
    replace: '',
  },
  {
    row: 'R69',
    says: 'a refresh names no resource',
    file: 'src/background/oauth/token-endpoint.ts',
    find: '    ...(resource && { resource: grant.resource }),\n',
    replace: '',
  },
  {
    row: 'R71',
    says: 'a resource may have a fragment',
    file: 'src/shared/facts/allowed-url.ts',
    find: "$&'()*+,;=%]+$/",
    replace: "$&'()*+,;=%#]+$/",
  },
  {
    row: 'R83',
    says: 'endpoints are not judged',
    file: AUTHORIZATION_SERVER,
    find: 'for (const endpoint of NEEDED) parseAllowedUrl(metadata[endpoint], policy);',
    replace: '',
  },
  {
    row: 'R86',
    says: 'metadata without PKCE methods will do',
    file: AUTHORIZATION_SERVER,
    find: METHODS,
    replace: "if (metadata.code_challenge_methods_supported?.includes('S256') === false) {",
  },
  {
    row: 'R87',
    says: 'any PKCE method will do',
    file: AUTHORIZATION_SERVER,
    find: METHODS,
    replace: 'if (!metadata.code_challenge_methods_supported) {',
  },
  {
    row: 'R92',
    says: 'state is not compared',
    file: AUTHORIZATION,
    find: "if (!isSameSecret(parameters.get('state') ?? '', expected.state)) return 'state';",
    replace: '',
  },
];
