import { describe, expect, it } from 'vitest';
import { acceptAnswer } from '../../src/shared/accept-answer.ts';
import type { Decision, PromptSnapshot } from '../../src/shared/prompt.ts';

const ISSUER = 'https://login.example';
const OTHER = 'https://other.example';

const prompt = (change: Partial<PromptSnapshot> = {}) => ({
  nonce: 'nonce',
  digest: 'digest',
  snapshot: {
    stage: 'allow',
    origin: 'https://site.example',
    asked: 'https://mcp.example/',
    resource: 'https://mcp.example/',
    wider: false,
    issuer: ISSUER,
    issuers: [ISSUER, OTHER],
    foreignHosts: [],
    scopes: { added: ['a'], held: [] },
    serverDecides: false,
    hostAccess: [],
    ...change,
  } satisfies PromptSnapshot,
});

const answer = (decision: Decision['decision'], change: Partial<Decision> = {}): Decision => ({
  flow: 'flow',
  nonce: 'nonce',
  digest: 'digest',
  decision,
  ...change,
});

const client = { clientId: 'mine', authMethod: 'none' } as const;

describe('an answer counts for nothing', () => {
  it.each(['allow', 'deny', 'choose'] as const)('%s, for a question that is not open', (one) => {
    const chosen = { issuer: OTHER };
    expect(acceptAnswer(prompt(), answer(one, chosen))).toBeDefined();
    const former = answer(one, { ...chosen, nonce: 'former' });
    expect(acceptAnswer(prompt(), former)).toBeUndefined();
    const changed = answer(one, { ...chosen, digest: 'of what was shown before' });
    expect(acceptAnswer(prompt(), changed)).toBeUndefined();
  });

  it('when it chooses what is not offered, what is chosen already, or nothing', () => {
    const choose = (issuer?: string, change: Partial<PromptSnapshot> = {}) =>
      acceptAnswer(prompt(change), answer('choose', issuer === undefined ? {} : { issuer }));
    expect(choose('https://evil.example')).toBeUndefined();
    expect(choose(ISSUER)).toBeUndefined();
    expect(choose()).toBeUndefined();
    const { issuers: _, ...single } = prompt().snapshot;
    expect(
      acceptAnswer({ ...prompt(), snapshot: single }, answer('choose', { issuer: OTHER })),
    ).toBeUndefined();
  });

  it('when the question is which client, and it names none', () => {
    expect(acceptAnswer(prompt({ stage: 'client' }), answer('allow'))).toBeUndefined();
  });
});

describe('a yes', () => {
  it('lets a host be contacted, and leads on to the next question', () => {
    const contact = 'https://mcp.example/*';
    expect(acceptAnswer(prompt({ stage: 'reach', contact }), answer('allow'))).toEqual({
      decision: 'allow',
      leadsOn: true,
      contact,
    });
  });

  it('names a client at the issuer of the prompt, whichever one the answer names (R37)', () => {
    const named = answer('allow', { client, issuer: OTHER });
    expect(acceptAnswer(prompt({ stage: 'client' }), named)).toEqual({
      decision: 'allow',
      leadsOn: true,
      client: { ...client, issuer: ISSUER },
    });
    const smuggled = answer('allow', { client: { ...client, issuer: OTHER } as typeof client });
    expect(acceptAnswer(prompt({ stage: 'client' }), smuggled)).toMatchObject({
      client: { issuer: ISSUER },
    });
  });

  it('lasts as the user says, else as the prompt says, else until it is removed', () => {
    const allow = (change: Partial<Decision>, shown: Partial<PromptSnapshot> = {}) =>
      acceptAnswer(prompt(shown), answer('allow', change));
    const allowed = { decision: 'allow', leadsOn: false };
    expect(allow({ duration: 'day' }, { duration: 'session' })).toEqual({
      ...allowed,
      duration: 'day',
    });
    expect(allow({}, { duration: 'session' })).toEqual({ ...allowed, duration: 'session' });
    expect(allow({})).toEqual({ ...allowed, duration: 'always' });
  });

  it('says nothing of a lifetime where the question is not about a grant', () => {
    const timed = answer('allow', { duration: 'day', client });
    for (const stage of ['reach', 'client', 'excess'] as const) {
      expect(acceptAnswer(prompt({ stage }), timed)).not.toHaveProperty('duration');
    }
  });

  it('to what the server granted beyond the question is the last word', () => {
    expect(acceptAnswer(prompt({ stage: 'excess' }), answer('allow'))).toEqual({
      decision: 'allow',
      leadsOn: false,
    });
  });
});

describe('any other answer', () => {
  it.each(['reach', 'client', 'allow', 'excess'] as const)('a no ends stage %s', (stage) => {
    expect(acceptAnswer(prompt({ stage }), answer('deny', { client }))).toEqual({
      decision: 'deny',
      leadsOn: false,
    });
  });

  it('a choice that is offered leads to the question about that authorization server', () => {
    expect(acceptAnswer(prompt(), answer('choose', { issuer: OTHER }))).toEqual({
      decision: 'choose',
      leadsOn: true,
      issuer: OTHER,
    });
  });
});
