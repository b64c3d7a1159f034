import { describe, expect, it } from 'vitest';
import {
  checkDraft,
  checkIssuer,
  clientOf,
  EMPTY_DRAFT,
} from '../../../src/popup/kit/client-draft.ts';

describe('a client that is being typed', () => {
  it('needs an id, and a secret where one is to be sent', () => {
    expect(checkDraft(EMPTY_DRAFT)).toEqual({ clientId: 'clientIdMissing' });
    const draft = { ...EMPTY_DRAFT, clientId: 'c', authMethod: 'client_secret_basic' as const };
    expect(checkDraft(draft)).toEqual({ clientSecret: 'clientSecretMissing' });
    expect(checkDraft(draft, true)).toEqual({});
  });

  it('takes the characters of RFC 6749 appendix A and no others', () => {
    const draft = {
      clientId: 'c\u2013d',
      clientSecret: 's\u00a0',
      authMethod: 'client_secret_post' as const,
    };
    expect(checkDraft(draft)).toEqual({ clientId: 'clientLetters', clientSecret: 'clientLetters' });
    expect(checkDraft({ ...draft, clientId: 'a b~', clientSecret: ' !' })).toEqual({});
  });

  it('sends a secret only with a method that uses it', () => {
    const draft = { clientId: ' c ', clientSecret: 's', authMethod: 'none' as const };
    expect(clientOf(draft)).toEqual({ clientId: 'c', authMethod: 'none' });
  });

  it('takes a return address on this computer and no other, and none at all (Z35)', () => {
    const draft = { ...EMPTY_DRAFT, clientId: 'c' };
    const at = (redirectUri: string) => checkDraft({ ...draft, redirectUri }).redirectUri;
    expect(at(' http://localhost:3118/cb ')).toBeUndefined();
    expect(at('')).toBeUndefined();
    for (const bad of ['https://x.example/cb', 'http://localhost.evil.example/', 'localhost:3118'])
      expect(at(bad)).toBe('returnAddressBad');
    const client = clientOf({ ...draft, redirectUri: ' http://localhost:3118/cb ' });
    expect(client.redirectUri).toBe('http://localhost:3118/cb');
    expect(clientOf({ ...draft, redirectUri: ' ' })).not.toHaveProperty('redirectUri');
  });
});

it.each([
  ['', 'clientIssuerMissing'],
  ['login.example', 'clientIssuerBad'],
  ['http://login.example', 'clientIssuerBad'],
  ['https://u@login.example', 'clientIssuerBad'],
  ['https://login.example/?a', 'clientIssuerBad'],
  ['https://login.example/', 'clientIssuerTaken'],
  [' https://login.example ', 'clientIssuerTaken'],
  [' https://login.example/a ', undefined],
  ['https://Login.example', 'clientIssuerBad'],
  // A provider of the own network may be entered: nothing is sent there before its host is asked about (Z43).
  ['https://login.internal', undefined],
  ['http://login.internal', 'clientIssuerBad'],
  ['https://10.0.0.1', 'clientIssuerBad'],
  ['https://login', 'clientIssuerBad'],
  ['http://localhost:9000/realm', undefined],
])('issuer %j: %s', (issuer, fault) => {
  expect(checkIssuer(issuer, ['https://login.example/'])).toBe(fault);
});
