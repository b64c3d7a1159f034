import { describe, expect, it } from 'vitest';
import { namesToCheck } from '../../../src/popup/consent/names-to-check.ts';
import { PROMPTS } from '../support/scenes.ts';

const { snapshot } = PROMPTS['allow']!;
const NAMES = {
  origin: 'https://chat.example.com',
  asked: 'https://mcp.files.test',
  issuer: 'https://id.files.test',
};
const told = (names: object) =>
  namesToCheck({ ...snapshot, ...NAMES, ...names }).map(({ name, other }) => [name, other]);

describe('the names that have to be confirmed (T-17)', () => {
  it('are none among plain ones', () => {
    expect(told({})).toEqual([]);
  });

  it('are two for a changed provider that looks like the one before', () => {
    const change = { formerIssuer: 'https://id.files.test', issuer: 'https://id.flles.test' };
    expect(told(change)).toEqual([['https://id.flles.test', 'https://id.files.test']]);
  });

  it('are told of a changed provider and of a name that anybody may have, whatever both are called', () => {
    const names = {
      formerIssuer: 'https://id.example.com',
      issuer: 'https://login.test',
      asked: 'https://example.workers.dev',
    };
    expect(told(names)).toEqual([
      ['https://login.test', 'https://id.example.com'],
      ['https://chat.example.com', 'https://example.workers.dev'],
    ]);
  });

  it('are told where the new provider looks like somebody else', () => {
    const names = { formerIssuer: 'https://login.test', issuer: 'https://id.flles.test' };
    expect(told(names)).toEqual([
      ['https://id.flles.test', 'https://login.test'],
      ['https://id.flles.test', 'https://mcp.files.test'],
    ]);
  });

  it('are told of a site and its server when they are connected, not at each step-up', () => {
    const asked = 'https://example.workers.dev/mcp';
    const pair = [NAMES.origin, asked];
    expect(told({ asked })).toEqual([pair]);
    const scopes = { added: ['files:write'], held: ['files:read'] };
    expect(told({ asked, scopes })).toEqual([]);
    // The server is its own provider.
    expect(told({ asked, scopes, issuer: 'https://example.workers.dev' })).toEqual([]);
    expect(told({ scopes, issuer: 'https://id.flles.test' })).toEqual([
      ['https://id.flles.test', NAMES.asked],
    ]);
  });
});
