import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findPlace,
  isCoded,
  isEveryServer,
  patternAddress,
  registrableDomain,
  siteName,
  splitAddress,
} from '../../../src/popup/kit/address-parts.ts';

describe('registrableDomain', () => {
  it.each([
    ['example.com', 'example.com'],
    ['mcp.example.com', 'example.com'],
    ['accounts.google.com.evil.example', 'evil.example'],
    ['a.b.c.example.co.uk', 'example.co.uk'],
    ['example.co.uk', 'example.co.uk'],
    ['co.uk', 'co.uk'],
    ['alice.github.io', 'alice.github.io'],
    ['x.alice.workers.dev', 'alice.workers.dev'],
    ['bucket.s3.amazonaws.com', 'bucket.s3.amazonaws.com'],
    ['svc-abc.a.run.app', 'svc-abc.a.run.app'],
    ['login.example.com.', 'example.com.'],
    ['xn--pypal-4ve.com', 'xn--pypal-4ve.com'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['[2001:db8::1]', '[2001:db8::1]'],
  ])('%s → %s', (host, strong) => {
    expect(registrableDomain(host)).toBe(strong);
  });
});

describe('splitAddress', () => {
  it.each([
    ['https://mcp.example.com', 'https://mcp.', 'example.com', ''],
    ['https://mcp.example.com/', 'https://mcp.', 'example.com', '/'],
    ['https://mcp.example.com/v1?tenant=1', 'https://mcp.', 'example.com', '/v1?tenant=1'],
    ['http://localhost:8080/mcp', 'http://', 'localhost:8080', '/mcp'],
    ['http://localhost:5173', 'http://', 'localhost:5173', ''],
    ['https://[::1]:9000/x', 'https://', '[::1]:9000', '/x'],
    ['auth.example.org', 'auth.', 'example.org', ''],
    ['auth.example.org:8443', 'auth.', 'example.org', ':8443'],
    ['localhost:9000', '', 'localhost:9000', ''],
  ])('%s is cut into its pieces', (address, before, strong, after) => {
    expect(splitAddress(address)).toEqual({ before, strong, after });
  });

  it('the host that counts is found behind a user name that looks like one', () => {
    expect(splitAddress('https://bank.example@evil.example/')).toEqual({
      before: 'https://bank.example@',
      strong: 'evil.example',
      after: '/',
    });
    expect(splitAddress('https://evil.example:x@sub.evil.example/').before).toBe(
      'https://evil.example:x@sub.',
    );
  });

  it.each(['https://pаypal.com', 'https://例え.テスト/x', 'https://bücher.example'])(
    'letters that are not plain English ones are shown in punycode: %s',
    (address) => {
      const { before, strong, after } = splitAddress(address);
      expect(before + strong + after).toMatch(/^[\x20-\x7e]*xn--[\x20-\x7e]*$/);
      expect(isCoded(address)).toBe(true);
    },
  );

  it('what is no address is shown as it is', () => {
    expect(splitAddress('https://')).toEqual({ before: '', strong: 'https://', after: '' });
  });

  it('nothing of an address is ever left out', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['https'] }),
        (address) => {
          const { before, strong, after } = splitAddress(address);
          const shown = before + strong + after;
          expect([shown, `${shown}/`]).toContain(new URL(address).href);
          expect(strong).not.toBe('');
        },
      ),
    );
  });
});

describe('findPlace', () => {
  it.each([
    ['http://localhost:3000', 'this-computer'],
    ['http://app.localhost', 'this-computer'],
    ['http://127.0.0.1:8080/mcp', 'this-computer'],
    ['http://127.8.8.8', 'this-computer'],
    ['http://[::1]:80', 'this-computer'],
    ['https://10.0.0.1', 'own-network'],
    ['https://172.16.0.1', 'own-network'],
    ['https://172.31.255.255', 'own-network'],
    ['https://192.168.0.5', 'own-network'],
    ['https://169.254.1.1', 'own-network'],
    ['https://printer.local', 'own-network'],
    ['https://[fd00::1]', 'own-network'],
    ['https://[fe80::1]', 'own-network'],
    ['https://172.32.0.1', 'internet'],
    ['https://localhost.example.com', 'internet'],
    ['https://127.example.com', 'internet'],
    ['https://10.example.com', 'internet'],
    ['https://example.com', 'internet'],
  ])('%s is %s', (address, place) => {
    expect(findPlace(address)).toBe(place);
  });
});

it('isCoded is false for plain hosts', () => {
  expect(isCoded('https://example.com/xn--path')).toBe(false);
});

it('patternAddress takes only the star off a match pattern', () => {
  expect(patternAddress('https://login.example.net/*')).toBe('https://login.example.net');
  expect(patternAddress('https://*/*')).toBe('https://*');
});

describe('siteName', () => {
  it.each([
    ['https://chat.example.com', 'chat.example.com'],
    ['http://127.0.0.1:8080/mcp', '127.0.0.1:8080'],
    ['https://a.very.long.sub.example.co.uk:8443/a/b', 'a.very.long.sub.example.co.uk:8443'],
    ['no address', 'no address'],
  ])('names %s by its whole host, with its port: %s (T-17)', (address, name) => {
    expect(siteName(address)).toBe(name);
  });
});

it('isEveryServer knows each way in which a browser says all servers (Z12)', () => {
  const all = ['https://*/*', '*://*/*', '<all_urls>'];
  expect(all.map(isEveryServer)).toEqual([true, true, true]);
  expect(['https://a.example/*', 'http://localhost/*'].map(isEveryServer)).toEqual([false, false]);
});
