/**
 * Reading IP literals as the URL parser leaves them: dotted decimal for IPv4, compressed hex in brackets for
 * IPv6. Decimal, octal, hex and full-width spellings have been folded into these two by then.
 */

/** First address and number of leading bits. */
type Block = readonly [first: string, bits: number];

/** IPv4 blocks that are not the public internet (IANA special-purpose registry, RFC 6890). */
const PRIVATE_V4: readonly Block[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** The blocks among them that local networks use (RFC 1918, RFC 3927). */
const LOCAL_V4: readonly Block[] = [
  ['10.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** True for an IP literal that must not be contacted; false for public addresses and for names. */
export function isPrivateAddress(host: string): boolean {
  if (host.startsWith('[')) return isPrivateV6(parseV6(host.slice(1, -1)));
  const v4 = parseV4(host);
  return v4 !== undefined && isWithin(v4, PRIVATE_V4);
}

/** True for an IP literal that a home or an office hands out; false for all others and for names. */
export function isLocalAddress(host: string): boolean {
  if (host.startsWith('[')) {
    const [first = 0] = parseV6(host.slice(1, -1));
    // Unique local fc00::/7 (RFC 4193) and link-local fe80::/10 (RFC 4291 §2.5.6).
    return first >>> 9 === 0xfc00 >>> 9 || first >>> 6 === 0xfe80 >>> 6;
  }
  const v4 = parseV4(host);
  return v4 !== undefined && isWithin(v4, LOCAL_V4);
}

function parseV4(host: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  return host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isWithin(address: number, blocks: readonly Block[]): boolean {
  return blocks.some(([first, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor((parseV4(first) ?? 0) / size);
  });
}

/** Eight 16-bit groups. The input is a WHATWG-serialised address, so it is well-formed. */
function parseV6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part ? part.split(':').map((group) => parseInt(group, 16)) : [];
  const front = groups(head);
  if (tail === undefined) return front;
  const back = groups(tail);
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
}

/**
 * Only 2000::/3 is handed out for the public internet (RFC 4291 §2.4); inside it, the transition prefixes
 * that embed an IPv4 address (Teredo 2001::/32, 6to4 2002::/16) and documentation space are refused too, so
 * that no embedded private address has to be dug out.
 */
function isPrivateV6(groups: number[]): boolean {
  const [first = 0, second = 0] = groups;
  if (first < 0x2000 || first > 0x3fff) return true;
  if (first === 0x2002) return true;
  return (first === 0x2001 && (second < 0x200 || second === 0xdb8)) || first === 0x3fff;
}
