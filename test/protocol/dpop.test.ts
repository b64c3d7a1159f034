/** When tokens are bound to a key (Z36), and what an answer says about the next proof (RFC 9449 §8, §9). */
import { describe, expect, it } from 'vitest';
import {
  isAboutProof,
  planBinding,
  readProofHints,
  type BindingFacts,
} from '../../src/protocol/dpop.ts';
import { NOW } from './grants.ts';

const able = {
  issuer: 'https://as.example',
  dpop_signing_alg_values_supported: ['EdDSA', 'ES256'],
};
const facts = (change: Partial<BindingFacts> = {}): BindingFacts => ({
  metadata: 'offered',
  challenge: undefined,
  server: able,
  isSealed: true,
  isRefused: false,
  canCarry: true,
  ...change,
});

describe('tokens are bound (Z36)', () => {
  it.each<[string, Partial<BindingFacts>, ReturnType<typeof planBinding>]>([
    ['where metadata offers it, and no page is to hold the token', {}, 'bound'],
    ['where a challenge offers it', { metadata: undefined, challenge: 'offered' }, 'bound'],
    [
      'where a challenge names nothing else, also for a page that holds tokens',
      { metadata: undefined, challenge: 'only', isSealed: false },
      'bound',
    ],
    [
      'where metadata requires it, whoever asks',
      { metadata: 'required', isSealed: false },
      'bound',
    ],
    [
      'where metadata requires it, whatever was refused',
      { metadata: 'required', isRefused: true },
      'bound',
    ],
    ['not since the provider lists it', { metadata: undefined }, 'bearer'],
    ['not for a page that holds the token', { isSealed: false }, 'bearer'],
    ['not where the resource refused such a token', { isRefused: true }, 'bearer'],
    [
      'not where a challenge wants it and the resource refused it',
      { challenge: 'only', isRefused: true },
      'bearer',
    ],
    [
      'not by a provider that lists no algorithm',
      { server: { issuer: 'https://as.example' } },
      'bearer',
    ],
    [
      'not by a provider that lists other algorithms',
      { server: { ...able, dpop_signing_alg_values_supported: ['RS256', 'es256'] } },
      'bearer',
    ],
    ['not where nothing can be carried', { canCarry: false, challenge: 'only' }, 'bearer'],
    [
      'and impossible where it is required and the provider cannot',
      { metadata: 'required', server: { issuer: 'https://as.example' } },
      'impossible',
    ],
    [
      'and impossible where it is required and nothing can be carried',
      { metadata: 'required', canCarry: false },
      'impossible',
    ],
  ])('%s', (_, change, plan) => {
    expect(planBinding(facts(change))).toBe(plan);
  });
});

describe('what an answer says of the next proof', () => {
  const read = (headers: [string, string][], former = { nonce: 'old', skew: 0 }) =>
    readProofHints(headers, former, NOW);
  const date = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();

  it.each<[string, [string, string][], object]>([
    ['a new nonce takes the place of the old', [['DPoP-Nonce', 'new']], { nonce: 'new', skew: 0 }],
    ['without one the old stays good', [['content-type', 'text/plain']], { nonce: 'old', skew: 0 }],
    ['one that no header could hold is none', [['dpop-nonce', 'a b']], { nonce: 'old', skew: 0 }],
    ['one that breaks out of quotes is none', [['dpop-nonce', 'a"b']], { nonce: 'old', skew: 0 }],
    ['one without end is none', [['dpop-nonce', 'n'.repeat(1025)]], { nonce: 'old', skew: 0 }],
    ['an empty one is none', [['dpop-nonce', '']], { nonce: 'old', skew: 0 }],
    ['a clock that is ahead is followed', [['date', date(3600)]], { nonce: 'old', skew: 3600 }],
    ['a clock that is behind is followed', [['Date', date(-90)]], { nonce: 'old', skew: -90 }],
    ['seconds on the way are no other clock', [['date', date(20)]], { nonce: 'old', skew: 0 }],
    ['a date that is none says nothing', [['date', 'soon']], { nonce: 'old', skew: 0 }],
  ])('%s', (_, headers, hints) => {
    expect(read(headers)).toEqual(hints);
  });

  it('two errors are about the proof alone', () => {
    const errors = [
      'use_dpop_nonce',
      'invalid_dpop_proof',
      'invalid_token',
      'insufficient_scope',
      undefined,
    ];
    expect(errors.map(isAboutProof)).toEqual([true, true, false, false, false]);
  });
});
