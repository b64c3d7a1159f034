/** Names that look like another one on the same screen, and where two names differ. Pure. */
import { isHostedName, registrableDomain, splitAddress } from '../kit/address-parts.ts';
import { decodeLabel } from './punycode.ts';

/** A stretch of a name that is in the other one too, or isn't. */
export interface Stretch {
  text: string;
  differs: boolean;
}

/** Pairs of letters that look alike in most typefaces; the first is read as the second. */
const ALIKE: readonly [RegExp, string][] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[1|!íìïîı]/g, 'l'],
  [/i/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  [/3/g, 'e'],
  [/-/g, ''],
];

/** A name this short differs from many by one letter. */
const SHORTEST = 5;

/**
 * Whether one host looks like another that it is not: its owner's name reads the same, or differs by one letter.
 */
export function looksLike(one: string, other: string): boolean {
  const [first, second] = [one, other].map((address) => ownerOf(hostOf(address)));
  if (first === undefined || second === undefined) return false;
  if (first === second) return !isOneOwner(one, other);
  const [name, another] = [readingOf(first), readingOf(second)];
  if (name === another) return true;
  const isLong = Math.min(first.length, second.length) >= SHORTEST;
  return isLong && isOneLetterAway(name, another);
}

/**
 * Whether two hosts are taken for the same owner's, which the very same name under another ending mostly is; not so where
 * either of them is anybody's to take, as below `workers.dev`.
 */
export function isOneOwner(one: string, other: string): boolean {
  const hosts = [one, other].map(hostOf);
  const [first, second] = hosts.map(ownerOf);
  if (first === undefined || first !== second) return false;
  return new Set(hosts.map(registrableDomain)).size === 1 || !hosts.some(isHostedName);
}

/** The name that somebody has registered, without what it is registered under; undefined for a number. */
function ownerOf(host: string): string | undefined {
  if (host === '' || host.startsWith('[') || /^[\d.]+$/.test(host)) return undefined;
  return registrableDomain(host).split('.')[0];
}

/**
 * `address` cut into stretches that `other` has too, and those that it hasn't. Where their owners' names differ, only
 * those are compared: a subdomain or a path tells nobody apart.
 */
export function differencesIn(address: string, other: string): Stretch[] {
  const { before, strong, after } = splitAddress(address);
  const ofOther = splitAddress(other).strong;
  if (strong === ofOther) return stretchesOf(address, other);
  return [
    { text: before, differs: false },
    ...stretchesOf(strong, ofOther),
    { text: after, differs: false },
  ].filter(({ text }) => text !== '');
}

function stretchesOf(text: string, other: string): Stretch[] {
  const start = commonLength(text, other);
  const [a, b] = [text.slice(start), other.slice(start)];
  const end = commonLength(reversed(a), reversed(b));
  const cut = text.length - end;
  const stretches = [
    { text: text.slice(0, start), differs: false },
    { text: text.slice(start, cut), differs: true },
    { text: text.slice(cut), differs: false },
  ];
  return stretches.filter((stretch) => stretch.text !== '');
}

function hostOf(address: string): string {
  const whole = /^https?:/i.test(address) ? address : `https://${address}`;
  return URL.parse(whole)?.hostname ?? '';
}

/** Letters of other alphabets that look like ours. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...{ а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', һ: 'h' },
  ...{ ԁ: 'd', ԛ: 'q', ԝ: 'w', ο: 'o', α: 'a', ν: 'v', ι: 'i', κ: 'k', ß: 'b', ø: 'o', ł: 'l' },
};

/** How a name is read at a glance. */
function readingOf(name: string): string {
  const letters = name.split('.').map(decodeLabel).join('.').normalize('NFD');
  const plain = letters
    .replace(/\p{M}/gu, '')
    .replace(/[^\0-\x7f]/gu, (one) => FOREIGN[one] ?? one);
  return ALIKE.reduce((read, [pair, as]) => read.replaceAll(pair, as), plain);
}

/** One letter more, fewer or different, or two that have changed places. */
function isOneLetterAway(one: string, other: string): boolean {
  const start = commonLength(one, other);
  const [a, b] = [one.slice(start), other.slice(start)];
  const end = commonLength(reversed(a), reversed(b));
  const longest = Math.max(a.length, b.length) - end;
  const isSwapped = longest === 2 && a[0] === b[1] && a[1] === b[0];
  return longest <= 1 || isSwapped;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** A name and the one that it looks like. */
export interface Lookalike {
  name: string;
  like: string;
}

/** Of these names, in order, each that looks like one before it; one pair for each owner. */
export function lookalikesAmong(names: readonly string[]): Lookalike[] {
  const owners = new Set<string>();
  return names.flatMap((name, index) => {
    const owner = registrableDomain(hostOf(name));
    const like = names.slice(0, index).find((other) => looksLike(name, other));
    if (like === undefined || owners.has(owner)) return [];
    owners.add(owner);
    return [{ name, like }];
  });
}
