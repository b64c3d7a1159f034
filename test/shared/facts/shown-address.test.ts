/** A server's address may hold a key; what people read and send on does not (T-32). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  keysIn,
  shownAddress,
  withoutKeys,
  withoutKeyWords,
} from '../../../src/shared/facts/shown-address.ts';

const KEY = 'a8F3kq92ZxL0vTyB7mNc';

describe('an address that is shown', () => {
  it.each([
    ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example', 'https://mcp.example'],
    [`https://mcp.example/mcp?api_key=${KEY}`, 'https://mcp.example/mcp?api_key=…'],
    ['https://mcp.example/mcp?token=x&v=2', 'https://mcp.example/mcp?token=…&v=…'],
    [`https://mcp.example/mcp?${KEY}`, 'https://mcp.example/mcp?…'],
    [`https://mcp.example/mcp?${KEY}=`, 'https://mcp.example/mcp?…='],
    [`https://mcp.example/s/${KEY}/mcp`, 'https://mcp.example/s/…/mcp'],
    ['https://mcp.example/6f1c2a9e-77aa-4c1b-9d0e-1f2a3b4c5d6e/sse', 'https://mcp.example/…/sse'],
    ['https://mcp.example/sk_live_9f8e7d6c', 'https://mcp.example/…'],
    ['https://mcp.example/mcp;token=abc/x', 'https://mcp.example/mcp;token=…/x'],
    [`https://mcp.example/%61${KEY}`, 'https://mcp.example/…'],
    [`https://user:${KEY}@mcp.example/mcp#${KEY}`, 'https://mcp.example/mcp'],
    [
      `https://${KEY.toLowerCase()}.mcp.example/mcp`,
      `https://${KEY.toLowerCase()}.mcp.example/mcp`,
    ],
  ])('of %s is %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
    expect(shownAddress(shown)).toBe(shown);
  });

  it.each([
    'https://h.example/.well-known/oauth-protected-resource/public/mcp',
    'https://h.example/.well-known/oauth-authorization-server',
    'https://h.example/v1/organizations/mcp-server-2024/AuthorizationServers',
    'https://h.example/api/2025-11-25/streamable-http-transport?stream',
    'not an address',
    'h.example',
  ])('keeps the ordinary words of %s', (address) => {
    expect(shownAddress(address)).toBe(address);
  });

  it('never holds the value of a parameter, whatever its name and its characters', () => {
    const text = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (name, value) => {
        const marked = `marker${encodeURIComponent(value)}`;
        const shown = shownAddress(`https://h.example/mcp?${encodeURIComponent(name)}=${marked}`);
        return !shown.includes('marker') && shownAddress(shown) === shown;
      }),
    );
  });
});

describe('the keys of an address', () => {
  it('are found in each form in which a text may repeat them', () => {
    const keys = keysIn('https://h.example/mcp?k=a%2Fb%2Bcdefgh');
    const forms = ['a%2Fb%2Bcdefgh', 'a/b+cdefgh', encodeURIComponent('a%2Fb%2Bcdefgh')];
    for (const form of forms) expect(withoutKeys({ deep: [form] }, keys)).toEqual({ deep: ['…'] });
  });

  it('leave numbers, and texts without them, as they are', () => {
    const step = { at: 3, ok: true, none: null, list: ['notes:read'] };
    expect(withoutKeys(step, keysIn(`https://h.example/${KEY}?short=1`))).toEqual(step);
  });
});

describe('the words of a server', () => {
  it('are shown without what looks like a key, and otherwise as they are (T-32)', () => {
    const jwt = 'eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl';
    expect(withoutKeyWords(`token ${jwt} of client "${KEY}" expired at 2026-11-27T12:00`)).toBe(
      'token … of client "…" expired at 2026-11-27T12:00',
    );
    const plain = 'The scope notes:read is not allowed at https://as.example/oauth2/token.';
    expect(withoutKeyWords(plain)).toBe(plain);
  });
});
