/** Faults against tokens that are bound to a key (Z36, RFC 9449); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const FLOW = 'flow/bound-tokens.test.ts';
const CHOICE = 'tokens are bound (Z36) › %s';
const ASKED = 'a resource that takes bound tokens, before a provider that binds them (Z36) › ';
const NONCES = 'nonces (RFC 9449 §8, §9) › ';
const THIEF = 'a bound token in the hands of a thief (T-09) › ';
const STRANGE = 'a resource that asks for bound tokens and does not know them › ';
const GRANT = 'a bound grant › ';

/** When tokens are bound, how each request proves it, and who never gets them. */
export const DPOP: readonly Break[] = [
  ...planted('src/protocol/dpop.ts', 'protocol/dpop.test.ts', [
    [
      'Z36 provider',
      'what a provider can do is taken for what the server wants',
      "return isSealed && (metadata ?? challenge) === 'offered' ? 'bound' : 'bearer';",
      "return isSealed ? 'bound' : 'bearer';",
      CHOICE,
    ],
    [
      'Z36 page',
      'a page that holds its token gets one that it cannot use',
      "return isSealed && (metadata ?? challenge) === 'offered' ? 'bound' : 'bearer';",
      "return (metadata ?? challenge) === 'offered' ? 'bound' : 'bearer';",
      CHOICE,
    ],
    [
      'Z36 required',
      'a refusal undoes what the metadata requires',
      "if (metadata === 'required') return isPossible ? 'bound' : 'impossible';",
      "if (metadata === 'required' && !isRefused) return isPossible ? 'bound' : 'impossible';",
      CHOICE,
    ],
    [
      'RFC 9449 §8',
      'a nonce breaks out of its place',
      'const NONCE = /^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,1024}$/;',
      'const NONCE = /^[^ ]{1,1024}$/;',
      'what an answer says of the next proof › %s',
    ],
  ]),
  ...planted('src/protocol/token.ts', 'protocol/token.test.ts', [
    [
      'RFC 9449 §5',
      'a bound token is taken where nothing was proven',
      "const isBound = type === 'dpop' && expected.proven === true;",
      "const isBound = type === 'dpop';",
      'a token that is bound to a key (RFC 9449 §5) › is refused when nothing was proven: nobody could use it',
    ],
  ]),
  ...planted('src/protocol/authorization.ts', 'protocol/authorization-request.test.ts', [
    [
      'RFC 9449 §10',
      'an endpoint names the key',
      '    dpop_jkt: request.proofKey,\n',
      '',
      'the authorization request (OAuth 2.1 §4.1.1) › names the key of a bound token, and no key that the endpoint pre-fills (RFC 9449 §10, Z36)',
    ],
  ]),
  ...planted('src/protocol/challenge.ts', 'protocol/challenge.test.ts', [
    [
      'RFC 9449 §7.1',
      'what was wrong is read from the wrong scheme',
      'const inTurn = isProofWrong ? [dpop, bearer] : [bearer, dpop];',
      'void isProofWrong;\n  const inTurn = [bearer, dpop];',
      'a DPoP challenge (RFC 9449 §7.1) › is read %s (Z36)',
    ],
  ]),
  ...planted('src/protocol/plan.ts', FLOW, [
    [
      'Z36 fallback',
      'a server that does not know the scheme stays out of reach',
      'if (isStrange && !isTried)',
      'if (isStrange && isTried)',
      `${STRANGE}gets a bearer token, after one more sign-in and no more questions; the next site does not try (Z36)`,
    ],
  ]),
  ...planted('src/background/access/carriage.ts', FLOW, [
    [
      'Z36 taken',
      'a token that was taken is thrown away with a sign-in',
      'headers, status < 400 || status === 403)',
      'headers, false && status < 400)',
      'a bound token that its resource has taken › is refreshed when it is refused in words of another scheme, with no sign-in (Z36)',
    ],
  ]),
  ...planted('src/background/connect/learn.ts', FLOW, [
    [
      'Z36 remembered',
      'each site signs in twice',
      'if (record.request.unbound && !token.bound) await learnBearer(ports, audience);',
      'void learnBearer;',
      `${STRANGE}gets a bearer token, after one more sign-in and no more questions; the next site does not try (Z36)`,
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', FLOW, [
    [
      'Z36 sealed',
      'what the question kept from pages is theirs after a fallback',
      'const wasSealed = same?.credential !== undefined || prompt?.snapshot.bound === true;',
      'const wasSealed = prompt === undefined && same === undefined;',
      `${STRANGE}gives no page the token then either: the question said so`,
    ],
  ]),
  ...planted('src/background/access/credential-of.ts', FLOW, [
    [
      'Z36 scheme',
      'a bound token goes out as a bearer token',
      'if (token.bound) {',
      'if (token.bound && !key) {',
      `${ASKED}gets a proof with each request, of that request alone (RFC 9449 §4.2)`,
    ],
  ]),
  ...planted('src/protocol/holding.ts', FLOW, [
    [
      'Z26 dpop',
      'a page gets a bound token',
      'return sealedOnly === true || credential !== undefined;',
      'return sealedOnly === true || credential === "key";',
      `${ASKED}is a grant of which no page is ever given the token`,
    ],
  ]),
  ...planted('src/background/access/carriage.ts', FLOW, [
    [
      'RFC 9449 §9',
      'a nonce that a server asks for counts as a refused token',
      'if (!isProof || !isNews || tries > MAX_PROOFS) return response;',
      'if (isProof || !isNews || tries > MAX_PROOFS) return response;',
      `${NONCES}of the resource cost one more answer the first time, and no refused token`,
    ],
  ]),
  ...planted('src/background/oauth/proof-memory.ts', FLOW, [
    [
      'T-12 nonces',
      'two sites of one browser are told by a nonce',
      'const nameOf = (site: string, url: string) => `${site} ${new URL(url).origin}`;',
      'const nameOf = (site: string, url: string) => `${site.slice(0, 4)} ${new URL(url).origin}`;',
      `${NONCES}of one site are not used for another`,
    ],
  ]),
  ...planted('src/background/oauth/dpop-proofs.ts', FLOW, [
    [
      'Z36 key',
      'the key can be exported',
      'return oauth.generateKeyPair(PROOF_ALGORITHM, { extractable: false });',
      'return oauth.generateKeyPair(PROOF_ALGORITHM, { extractable: true });',
      `${THIEF}has a key that nothing exports, another one for each site`,
    ],
    [
      'RFC 9449 §8 provider',
      'the provider’s nonce is not answered',
      'if (!heard.isNews || !isAboutProof(said) || tries >= MAX_PROOFS) throw error;',
      'void [heard, tries, MAX_PROOFS, isAboutProof(said)];\n      throw error;',
      `${NONCES}of the provider are answered at the exchange and at a refresh`,
    ],
    [
      'Z36 clock',
      'a wrong clock locks the user out',
      "payload['iat'] = Math.floor(parts.now() / 1000) + hints.skew;",
      "payload['iat'] = Math.floor(parts.now() / 1000);",
      'a clock that is wrong › is put right by what the server says: the second proof is good',
    ],
  ]),
  ...planted('src/background/connect/obtain-token.ts', FLOW, [
    [
      'Z4 key',
      'the key is on no disk when the code is exchanged',
      '  await flow.note({ proofKey });\n',
      '',
      `${GRANT}has its key on disk before the code is exchanged, and goes on with it when the worker dies (Z4)`,
    ],
  ]),
  ...planted('src/background/storage/unfinished.ts', FLOW, [
    [
      'Z4 unfinished',
      'tokens that a worker left have lost their key',
      'return proofKey ? ({ ...work, grant: { ...work.grant, proofKey } } as Unfinished) : work;',
      'void proofKey;\n    return work;',
      `${GRANT}keeps its key with tokens that a killed worker has left unfinished (Z4)`,
    ],
  ]),
  ...planted('src/background/storage/grants.ts', FLOW, [
    [
      'T-46 key',
      'a grant without its key is taken for one',
      "if (row.credential === 'dpop' && !isProofKey(row.proofKey)) return undefined;",
      'void isProofKey;',
      `${GRANT}is as good as none when its key is damaged on the disk (T-46)`,
    ],
  ]),
  ...planted('src/background/storage/accounts.ts', FLOW, [
    [
      'Z36 list',
      'a list of grants hands out keys',
      'rows.filter(isGrant).map(({ sealed: _, proofKey: _k, ...summary })',
      'rows.filter(isGrant).map(({ sealed: _, ...summary })',
      `${THIEF}is in no trace, log, export or list`,
    ],
  ]),
];
