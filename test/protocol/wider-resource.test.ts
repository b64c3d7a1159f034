import { describe, expect, it } from 'vitest';
import {
  confirmationUrl,
  isOwnMetadata,
  judgeWider,
  type ProtectedResource,
} from '../../src/protocol/protected-resource.ts';
import { resourceParameter } from '../../src/protocol/resource.ts';
import { codeOf } from './code-of.ts';

const HUB = 'https://hub.example';
const ASKED = `${HUB}/u/alice/mcp`;
const KNOWN = `${HUB}/.well-known/oauth-protected-resource`;
const issuer = 'https://as.example';
const found: ProtectedResource = {
  resource: HUB,
  match: 'wider',
  authorizationServers: [issuer],
};

describe('a wider resource (Z41, T-20)', () => {
  const judge = (own: ProtectedResource | undefined) =>
    judgeWider(found, own, { asked: ASKED, issuer });
  const own = { ...found, match: 'same' as const };

  it.each([
    [HUB, KNOWN],
    [`${HUB}/`, KNOWN],
    [`${HUB}/u/alice`, `${KNOWN}/u/alice`],
  ])('%s would say so itself at its own address', (declared, url) => {
    expect(confirmationUrl(declared, ASKED)).toBe(url);
  });

  it.each([`${HUB}/u/alice/..%2fmallory/mcp`, `${HUB}/u/alice/..%5Cmallory`])(
    '%s is never a part of one: its server may take it for another path',
    (asked) => {
      expect(confirmationUrl(`${HUB}/u/alice`, asked)).toBeUndefined();
    },
  );

  it('counts when its own document says the same, whichever slash the provider has (Z49)', () => {
    expect(judge(own)).toEqual(found);
    expect(judge({ ...own, authorizationServers: ['https://b.example', `${issuer}/`] })).toEqual(
      found,
    );
  });

  it('is left at what was asked for where there is no document of its own', () => {
    const alone = judge(undefined);
    expect(alone).toEqual({ ...found, resource: ASKED, match: 'same', declared: HUB });
    expect(resourceParameter(alone)).toBe(HUB);
    expect(resourceParameter(found)).toBe(HUB);
  });

  it.each([
    [
      'names another provider',
      { ...own, authorizationServers: ['https://as.example.evil.example'] },
    ],
    ['speaks for something wider still', { ...own, match: 'wider' as const }],
  ])('is refused when its own document %s', (_what, says) => {
    expect(codeOf(() => judge(says))).toBe('invalid_target');
  });
});

describe('metadata that a page names for a server (Z16, T-20, T-21)', () => {
  it.each([
    `${KNOWN}/u/alice/mcp`,
    `${KNOWN}/u/alice`,
    `${KNOWN}/`,
    KNOWN,
    `${HUB}/u/alice/prm.json`,
    `${HUB}/u/alice/mcp/prm.json?v=2`,
    `${HUB}/u/prm.json`,
    `${HUB}/prm.json`,
  ])('at %s may be its own', (named) => {
    expect(isOwnMetadata(named, ASKED)).toBe(true);
  });

  it.each([
    `${HUB}/u/mallory/prm.json`,
    `${HUB}/u/alice/../mallory/prm.json`,
    `${HUB}/u/alice/%2e%2e/mallory/prm.json`,
    `${HUB}/u/alice/..%2Fmallory/prm.json`,
    `${HUB}/u/alice2/prm.json`,
    `${KNOWN}/u/mallory/mcp`,
    `${KNOWN}/u/alice/mcp2`,
    `${KNOWN}/u/ali`,
    'https://evil.example/u/alice/prm.json',
    'http://hub.example/u/alice/prm.json',
    'https://hub.example:8443/u/alice/prm.json',
    'not an address',
  ])('at %s is not taken for its own', (named) => {
    expect(isOwnMetadata(named, ASKED)).toBe(false);
  });
});
