/** What a server without metadata is, by its answer to one `initialize` (Z38). */
import { describe, expect, it } from 'vitest';
import { isSignInThere, judgeContact } from '../../src/protocol/no-metadata.ts';

const json = 'application/json';

describe('a server without metadata', () => {
  it.each([
    [200, json, 'none'],
    [200, 'text/event-stream; charset=utf-8', 'none'],
    [202, json, 'none'],
    [401, '', 'key'],
    [401, 'text/html', 'key'],
    [403, json, 'key'],
    [200, 'text/html', undefined],
    [200, '', undefined],
    [200, 'application/json-but-not', undefined],
    [204, '', undefined],
    [302, json, undefined],
    [400, json, undefined],
    [404, json, undefined],
    [429, json, undefined],
    [500, json, undefined],
  ])('that answers %i %s wants %s (Z38)', (status, contentType, wants) => {
    expect(judgeContact({ status, contentType })).toBe(wants);
  });

  it.each([
    [200, true],
    [302, true],
    [400, true],
    [401, true],
    [404, false],
    [405, false],
    [410, false],
    [500, true],
    [502, false],
    [503, false],
  ])('whose /authorize answers %i has a sign-in: %s (Z38)', (status, isThere) => {
    expect(isSignInThere(status)).toBe(isThere);
  });
});
