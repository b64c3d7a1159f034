/**
 * The faults of `npm run breaks` against MUST rows of the register, each as small as the mistake that it stands for.
 * Those against promises that are no rows are in breaks-promises.ts.
 */
import type { Proof } from './conformance.ts';

/** A fault: `find` stands exactly once in the file. */
export interface Break {
  /** What is broken: a requirement, a guarantee of SECURITY.md, a section or a decision. */
  of: string;
  /** What goes wrong, in a few words. */
  says: string;
  file: string;
  find: string;
  replace: string;
  /** The test that has to notice; where it is missing, docs/conformance.md names it. */
  test?: Proof;
}

/** A fault: what it breaks, in words, the place and what stands there instead; then the title of the test. */
export type Fault = [of: string, says: string, find: string, replace: string, title: string];

/** Faults in one file, all noticed by tests of one file. */
export const planted = (file: string, test: string, faults: readonly Fault[]): Break[] =>
  faults.map(([of, says, find, replace, title]) => ({
    of,
    says,
    file,
    find,
    replace,
    test: { file: test, title },
  }));

const PROTECTED_RESOURCE = 'src/protocol/protected-resource.ts';
const AUTHORIZATION_SERVER = 'src/protocol/authorization-server.ts';
const AUTHORIZATION = 'src/protocol/authorization.ts';
const CLIENT_DOCUMENT = 'src/protocol/client-document.ts';
const REGISTRATION = 'src/protocol/client-registration.ts';
const SAME_ISSUER = 'const isOwn = isSameIssuer(metadata.issuer, issuer);';
const IS_SAME = 'isSameIssuer(metadata.issuer, issuer)';

export const BREAKS: readonly Break[] = [
  {
    of: 'R7',
    says: 'the URL of the challenge is ignored',
    file: PROTECTED_RESOURCE,
    find: '[...new Set([resourceMetadata, ...known])]',
    replace: 'known',
  },
  {
    of: 'R8',
    says: 'the root is asked first',
    file: PROTECTED_RESOURCE,
    find: '[root + path + search, root]',
    replace: '[root, root + path + search]',
  },
  {
    of: 'R9',
    says: 'the page keeps the challenge to itself',
    file: 'src/client/exchange.ts',
    find: '      challenge: refusal.header,\n',
    replace: '',
  },
  {
    of: 'R14',
    says: 'OpenID before RFC 8414, with a path',
    file: AUTHORIZATION_SERVER,
    find: 'return [oauth, openid, `',
    replace: 'return [openid, oauth, `',
  },
  {
    of: 'R15',
    says: 'OpenID before RFC 8414, without a path',
    file: AUTHORIZATION_SERVER,
    find: "if (path === '') return [oauth, openid];",
    replace: "if (path === '') return [openid, oauth];",
  },
  {
    of: 'R16',
    says: 'issuers are compared as URLs',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: SAME_ISSUER.replace(IS_SAME, 'new URL(metadata.issuer).href === new URL(issuer).href'),
  },
  {
    of: 'R17',
    says: 'an issuer with a longer path is forgiven',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: SAME_ISSUER.replace(IS_SAME, 'metadata.issuer.startsWith(issuer)'),
  },
  {
    of: 'R18',
    says: 'whose document it is does not matter',
    file: AUTHORIZATION_SERVER,
    find: SAME_ISSUER,
    replace: '',
  },
  {
    of: 'R26',
    says: 'a client id without a path will do',
    file: CLIENT_DOCUMENT,
    find: " && bare && parsed.pathname !== '/'",
    replace: ' && bare',
  },
  {
    of: 'R27',
    says: 'a document needs no name',
    file: CLIENT_DOCUMENT,
    find: 'client_name: v.pipe(v.string(), v.minLength(1)),',
    replace: 'client_name: v.optional(v.string()),',
  },
  {
    of: 'R28',
    says: 'a document may be another client’s',
    file: CLIENT_DOCUMENT,
    find: "if (document.output.client_id !== url) return 'client_id';",
    replace: '',
  },
  {
    of: 'R32',
    says: 'no application_type is sent',
    file: REGISTRATION,
    find: '    application_type: applicationType,\n',
    replace: '',
  },
  {
    of: 'R48',
    says: 'secrets are written as they are',
    file: 'src/background/storage/sealing.ts',
    find: 'data: await crypto.subtle.encrypt(algorithm(iv, context), key.current, plain)',
    replace: 'data: await Promise.resolve(plain.buffer)',
  },
  {
    of: 'R62',
    says: 'iss is not compared with what was recorded',
    file: AUTHORIZATION,
    find: "if (iss !== null && iss !== expected.issuer) return 'iss_mismatch';",
    replace: '',
  },
  {
    of: 'R63',
    says: 'an iss that was promised may be missing',
    file: AUTHORIZATION,
    find: "if (iss === null && expected.issParameterSupported) return 'iss_missing';",
    replace: '',
  },
  {
    of: 'R64',
    says: 'iss is compared without its trailing slash',
    file: AUTHORIZATION,
    find: 'iss !== null && iss !== expected.issuer',
    replace: "iss !== null && iss.replace(/\\/$/, '') !== expected.issuer.replace(/\\/$/, '')",
  },
  {
    of: 'R66',
    says: 'a mismatch is an ordinary failure',
    file: AUTHORIZATION,
    find: "throw serverFault('issuer_mismatch', issuer, reason,",
    replace: "throw serverFault('authorization_failed', issuer, reason,",
  },
  {
    of: 'R68',
    says: 'the authorization request names no resource',
    file: AUTHORIZATION,
    find: '    resource: request.resource,\n',
    replace: '',
  },
  {
    of: 'R69',
    says: 'a refresh names no resource',
    file: 'src/background/oauth/token-endpoint.ts',
    find: '    ...(resource && resourceMember(grant)),\n',
    replace: '',
  },
  {
    of: 'R71',
    says: 'a resource may have a fragment',
    file: 'src/shared/facts/allowed-url.ts',
    find: "$&'()*+,;=%]+$/",
    replace: "$&'()*+,;=%#]+$/",
  },
  {
    of: 'R83',
    says: 'endpoints are not judged',
    file: AUTHORIZATION_SERVER,
    find: 'for (const endpoint of NEEDED) parseAllowedUrl(metadata[endpoint], policy);',
    replace: '',
  },
  {
    of: 'R86',
    says: 'metadata without PKCE methods will do',
    file: AUTHORIZATION_SERVER,
    find: 'return methods === undefined;',
    replace: 'return methods === null;',
  },
  {
    of: 'R87',
    says: 'any PKCE method will do',
    file: AUTHORIZATION_SERVER,
    find: "if (methods && !methods.includes('S256'))",
    replace: 'if (methods?.length === 0)',
  },
  {
    of: 'R92',
    says: 'state is not compared',
    file: AUTHORIZATION,
    find: "if (!isSameSecret(parameters.get('state') ?? '', expected.state)) return 'state';",
    replace: '',
  },
];
