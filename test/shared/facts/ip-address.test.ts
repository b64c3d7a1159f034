import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostKind } from '../../../src/shared/facts/host-kind.ts';
import { isPrivateAddress } from '../../../src/shared/facts/ip-address.ts';

const v4 = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
/** The host as the URL parser leaves it. */
const parsed = (host: string) => new URL(`https://${host}/`).hostname;
const address = fc.integer({ min: 0, max: 0xffffffff });

/** First and last address of every block that is no public internet, and the public ones around it. */
const BLOCKS: [block: string, first: string, last: string, around: string[]][] = [
  ['0.0.0.0/8', '0.0.0.0', '0.255.255.255', ['1.0.0.0']],
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255', ['9.255.255.255', '11.0.0.0']],
  ['100.64.0.0/10', '100.64.0.0', '100.127.255.255', ['100.63.255.255', '100.128.0.0']],
  ['127.0.0.0/8', '127.0.0.0', '127.255.255.255', ['126.255.255.255', '128.0.0.0']],
  ['169.254.0.0/16', '169.254.0.0', '169.254.255.255', ['169.253.255.255', '169.255.0.0']],
  ['172.16.0.0/12', '172.16.0.0', '172.31.255.255', ['172.15.255.255', '172.32.0.0']],
  ['192.0.0.0/24', '192.0.0.0', '192.0.0.255', ['191.255.255.255', '192.0.1.0']],
  ['192.0.2.0/24', '192.0.2.0', '192.0.2.255', ['192.0.1.255', '192.0.3.0']],
  ['192.88.99.0/24', '192.88.99.0', '192.88.99.255', ['192.88.98.255', '192.88.100.0']],
  ['192.168.0.0/16', '192.168.0.0', '192.168.255.255', ['192.167.255.255', '192.169.0.0']],
  ['198.18.0.0/15', '198.18.0.0', '198.19.255.255', ['198.17.255.255', '198.20.0.0']],
  ['198.51.100.0/24', '198.51.100.0', '198.51.100.255', ['198.51.99.255', '198.51.101.0']],
  ['203.0.113.0/24', '203.0.113.0', '203.0.113.255', ['203.0.112.255', '203.0.114.0']],
  ['224.0.0.0/3', '224.0.0.0', '255.255.255.255', ['223.255.255.255']],
];

const BLOCKS_V6: [block: string, inside: string, outside: string][] = [
  ['outside 2000::/3, below', '1fff:ffff::', '2000::'],
  ['outside 2000::/3, above', '4000::', '3ffe:ffff::'],
  ['Teredo and its neighbours, 2001::/23', '2001:1ff:ffff::', '2001:200::'],
  ['documentation, 2001:db8::/32', '2001:db8:ffff::', '2001:db9::'],
  ['6to4, 2002::/16', '2002:ffff::', '2003::'],
  ['documentation, 3fff::/20', '3fff:fff::', '3ffe:fff::'],
];

describe('IPv4 (RFC 6890, R95)', () => {
  it.each(BLOCKS)('draws the borders of %s (R95, T-29)', (_, first, last, around) => {
    expect([first, last].map(isPrivateAddress)).toEqual([true, true]);
    expect(around.filter(isPrivateAddress)).toEqual([]);
  });

  it('takes names for no addresses', () => {
    const names = ['example.com', '127.0.0.1.nip.io', '10.0.0', '1.2.3.4.5', 'a.b.c.d', ''];
    expect(names.filter(isPrivateAddress)).toEqual([]);
  });

  it('says the same of every spelling of an address (T-29, F8)', () => {
    fc.assert(
      fc.property(address, (number) => {
        const [a = 0, b = 0, c = 0, d = 0] = v4(number).split('.').map(Number);
        const spellings = [
          `${number}`,
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          `${v4(number)}.`,
          `${a}.${b}.${c * 256 + d}`,
          `0x${a.toString(16)}.0${b.toString(8)}.${c}.${d}`,
        ];
        const kind = hostKind(v4(number));
        expect(spellings.map((spelling) => hostKind(parsed(spelling)))).toEqual(
          spellings.map(() => kind),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

describe('IPv6 (RFC 4291, R95)', () => {
  it.each(BLOCKS_V6)('draws the border of %s (R95, T-29)', (_, inside, outside) => {
    expect(isPrivateAddress(`[${inside}]`)).toBe(true);
    expect(isPrivateAddress(`[${outside}]`)).toBe(false);
  });

  it('refuses every form that embeds an IPv4 address, whichever it is (T-29, 3.3)', () => {
    fc.assert(
      fc.property(address, (number) => {
        const high = (number >>> 16).toString(16);
        const low = (number & 0xffff).toString(16);
        const forms = [
          `[::ffff:${v4(number)}]`,
          `[::${high}:${low}]`,
          `[64:ff9b::${v4(number)}]`,
          `[2002:${high}:${low}::1]`,
          `[2001:0:${high}:${low}::]`,
        ];
        const public_ = forms.filter((form) => hostKind(parsed(form)) === 'public');
        expect(public_).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a compressed address like the written-out one (RFC 5952)', () => {
    const group = fc.integer({ min: 0, max: 3 }).map((n) => (n === 3 ? 0xdb8 : n * 0x2001));
    fc.assert(
      fc.property(fc.tuple(...Array(8).fill(group)), (groups) => {
        const written = groups.map((one) => Number(one).toString(16));
        const expected = isPrivateAddress(`[${written.join(':')}]`);
        expect(isPrivateAddress(parsed(`[${written.join(':')}]`))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
