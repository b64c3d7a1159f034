import { describe, expect, it } from 'vitest';
import {
  addressAfter,
  endsSearch,
  failedFor,
  isPage,
  kindOfAnswer,
  outcomeOfError,
  verdictOf,
  type DocumentOutcome,
} from '../../src/protocol/discovery-verdict.ts';
import { BrokerError, type FailureReason } from '../../src/shared/errors.ts';

const NAMES = {
  host: 'mcp.example',
  absent: 'no_resource_metadata',
  malformed: 'malformed_resource_metadata',
} as const;

const down = new BrokerError('network_error', { detail: { reason: 'unreachable' } });
const noPkce = new BrokerError('pkce_unsupported', { detail: { reason: 'no_pkce' } });
const otherResource = new BrokerError('invalid_target', { detail: { reason: 'other_resource' } });

const FOUND = { is: 'found', found: 'document', source: 'https://mcp.example/' } as const;
const WRONG = { is: 'wrong', error: otherResource } as const;
const DOWN = { is: 'unusable', error: down } as const;
const NO_PKCE = { is: 'unusable', error: noPkce } as const;

/** The heaviest first, with the reason of the failure that it leads to. */
const WEIGHTS: [DocumentOutcome<string>, FailureReason | undefined][] = [
  [FOUND, undefined],
  [WRONG, 'other_resource'],
  [NO_PKCE, 'no_pkce'],
  [{ is: 'trouble' }, 'unreachable'],
  [{ is: 'redirected' }, 'redirected'],
  [{ is: 'oversized' }, 'oversized'],
  [{ is: 'malformed' }, 'malformed_resource_metadata'],
  [{ is: 'page' }, 'no_resource_metadata'],
  [{ is: 'absent' }, 'no_resource_metadata'],
];

function failure(...outcomes: DocumentOutcome<string>[]): BrokerError {
  const verdict = verdictOf(outcomes, NAMES);
  if (verdict.is === 'found') throw new Error('found a document');
  return verdict.error;
}

describe('what a search ends with', () => {
  const pairs = WEIGHTS.flatMap(([heavy, reason], at) =>
    WEIGHTS.slice(at).map(([light]) => ({ heavy, light, reason })),
  );

  it.each(pairs)('$heavy.is outweighs $light.is, in either order', ({ heavy, light, reason }) => {
    for (const outcomes of [
      [heavy, light],
      [light, heavy],
    ]) {
      const verdict = verdictOf(outcomes, NAMES);
      if (reason === undefined) expect(verdict).toEqual(FOUND);
      else expect(verdict).toMatchObject({ is: 'failed', error: { detail: { reason } } });
    }
  });

  it('is the absence of the document where no address was tried', () => {
    expect(failure().detail).toEqual({ host: 'mcp.example', reason: 'no_resource_metadata' });
  });

  it('names the code, and the host of the server', () => {
    expect(failure({ is: 'trouble' })).toMatchObject({
      code: 'discovery_failed',
      detail: { host: 'mcp.example' },
    });
  });

  it('is that nothing was reachable, which missing host access looks like too', () => {
    expect(verdictOf([{ is: 'absent' }, DOWN], NAMES)).toEqual({ is: 'unreachable', error: down });
  });

  it('is the last trouble of several that stopped nobody', () => {
    expect(verdictOf([DOWN, NO_PKCE], NAMES)).toEqual({ is: 'failed', error: noPkce });
    expect(verdictOf([NO_PKCE, DOWN], NAMES)).toEqual({ is: 'unreachable', error: down });
  });

  it('knows an absence that web pages stood in for', () => {
    expect(isPage(failure({ is: 'absent' }, { is: 'page' }))).toBe(true);
    expect(isPage(failure({ is: 'absent' }))).toBe(false);
    expect(isPage(failure({ is: 'page' }, { is: 'malformed' }))).toBe(false);
    expect(isPage('page')).toBe(false);
  });

  it('can be asked for its reason', () => {
    expect(failedFor(failure({ is: 'absent' }), 'no_resource_metadata')).toBe(true);
    expect(failedFor(failure({ is: 'trouble' }), 'no_resource_metadata')).toBe(false);
    expect(failedFor(undefined, 'no_resource_metadata')).toBe(false);
  });
});

describe('an answer', () => {
  const kind = (status: number, contentType = 'application/json', mustSayJson = false) =>
    kindOfAnswer({ status, contentType }, mustSayJson);

  it.each([
    [200, 'json'],
    [204, 'malformed'],
    [300, 'redirected'],
    [308, 'redirected'],
    [400, 'absent'],
    [401, 'absent'],
    [404, 'absent'],
    [407, 'trouble'],
    [408, 'trouble'],
    [425, 'trouble'],
    [429, 'trouble'],
    [500, 'trouble'],
    [503, 'trouble'],
  ] as const)('%i is %s', (status, expected) => {
    expect(kind(status)).toBe(expected);
  });

  it('that is a page for people is one, and is none where it is an error', () => {
    expect(kind(200, 'text/html; charset=utf-8')).toBe('page');
    expect(kind(200, 'application/XHTML+xml')).toBe('json');
    expect(kind(404, 'text/html')).toBe('absent');
    expect(kind(503, 'text/html')).toBe('trouble');
  });

  it('that is a stream of events is no document, wherever it is met (Z38)', () => {
    expect(kind(200, 'text/event-stream')).toBe('absent');
    expect(kind(200, 'text/event-stream; charset=utf-8', true)).toBe('absent');
    expect(kind(503, 'text/event-stream')).toBe('trouble');
  });

  it('counts as JSON whatever it calls itself, except where it has to say so', () => {
    expect(kind(200, 'text/plain')).toBe('json');
    expect(kind(200, '')).toBe('json');
    expect(kind(200, 'text/plain', true)).toBe('malformed');
    expect(kind(200, 'application/json; charset=utf-8', true)).toBe('json');
    expect(kind(200, 'application/oauth-authz+json', true)).toBe('json');
    expect(kind(200, 'application/jsonp', true)).toBe('malformed');
  });
});

describe('an error met while reading', () => {
  it('lets the next address speak when it says nothing wrong', () => {
    expect(outcomeOfError(down)).toEqual(DOWN);
    expect(outcomeOfError(noPkce)).toEqual(NO_PKCE);
    expect(endsSearch(DOWN)).toBe(false);
  });

  it('ends the search when the document is wrong, as one that was found does', () => {
    expect(outcomeOfError(otherResource)).toEqual(WRONG);
    expect(endsSearch(WRONG)).toBe(true);
    expect(endsSearch(FOUND)).toBe(true);
  });

  it('is a document that is too large, whichever code it came with', () => {
    const oversized = new BrokerError('network_error', { detail: { reason: 'oversized' } });
    expect(outcomeOfError(oversized)).toEqual({ is: 'oversized' });
    expect(endsSearch({ is: 'oversized' })).toBe(false);
  });

  it('is thrown again when it is a fault of our own', () => {
    expect(() => outcomeOfError(new TypeError('bug'))).toThrow('bug');
  });
});

describe('the address after a redirect', () => {
  const redirected = { is: 'redirected' } as const;

  it('is the same with a slash, and only after a redirect', () => {
    expect(addressAfter('https://a.example/x', redirected)).toBe('https://a.example/x/');
    expect(addressAfter('https://a.example/x', { is: 'absent' })).toBeUndefined();
  });

  it('is none where it ends in a slash already, or has a query', () => {
    expect(addressAfter('https://a.example/x/', redirected)).toBeUndefined();
    expect(addressAfter('https://a.example/x?y', redirected)).toBeUndefined();
  });
});
