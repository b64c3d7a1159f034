import { describe, expect, it } from 'vitest';
import {
  hostKind,
  isLocalName,
  placeOf,
  type HostKind,
  type Place,
} from '../../../src/shared/facts/host-kind.ts';

/** A hostname as `URL.hostname` gives it, where the user is told that it is, and whether it may be contacted. */
const HOSTS: [hostname: string, place: Place, kind: HostKind][] = [
  ['localhost', 'this-computer', 'loopback'],
  ['127.0.0.1', 'this-computer', 'loopback'],
  ['[::1]', 'this-computer', 'loopback'],
  ['.', 'internet', 'private'],
  ['', 'internet', 'private'],
  ['localhost.', 'this-computer', 'private'],
  ['app.localhost', 'this-computer', 'private'],
  ['127.8.8.8', 'this-computer', 'private'],
  ['printer.local', 'own-network', 'private'],
  ['printer.local.', 'own-network', 'private'],
  ['vault.internal', 'own-network', 'private'],
  ['nas.lan', 'own-network', 'private'],
  ['nas.home.arpa', 'own-network', 'private'],
  ['intranet', 'own-network', 'private'],
  ['10.0.0.1', 'own-network', 'private'],
  ['169.254.1.1', 'own-network', 'private'],
  ['172.16.0.0', 'own-network', 'private'],
  ['172.31.255.255', 'own-network', 'private'],
  ['192.168.0.5', 'own-network', 'private'],
  ['[fc00::1]', 'own-network', 'private'],
  ['[fdff::1]', 'own-network', 'private'],
  ['[fe80::1]', 'own-network', 'private'],
  ['[febf::1]', 'own-network', 'private'],
  // Not contacted either, but not on anybody's own network.
  ['[fec0::1]', 'internet', 'private'],
  ['[fbff::1]', 'internet', 'private'],
  ['224.0.0.1', 'internet', 'private'],
  ['hidden.onion', 'internet', 'private'],
  ['172.32.0.0', 'internet', 'public'],
  ['[2606:4700::1]', 'internet', 'public'],
  ['mcp.example.com', 'internet', 'public'],
  ['local.example', 'internet', 'public'],
  ['notlocal', 'own-network', 'private'],
  ['localhost.localdomain', 'this-computer', 'private'],
  ['localhost6.localdomain6', 'this-computer', 'private'],
  ['app.localtest.me', 'this-computer', 'private'],
  ['127.0.0.1.nip.io', 'this-computer', 'private'],
  ['app-127-0-0-1.wild.example', 'this-computer', 'private'],
  ['192-168-0-1.wild.example', 'own-network', 'private'],
  ['c0a80001.nip.io', 'own-network', 'private'],
  ['wiki.corp', 'own-network', 'private'],
  ['fritz.box', 'own-network', 'private'],
  ['8-8-8-8.wild.example', 'internet', 'public'],
  ['mycorp.example', 'internet', 'public'],
  ['mcp.mylan', 'internet', 'public'],
];

describe.each(HOSTS)('%s', (hostname, place, kind) => {
  it(`is shown as ${place}`, () => {
    expect(placeOf(hostname)).toBe(place);
  });

  it(`counts as ${kind} where it is to be contacted`, () => {
    expect(hostKind(hostname)).toBe(kind);
  });
});

it('no host on the user’s own network or computer is public', () => {
  const near = HOSTS.filter(([hostname]) => placeOf(hostname) !== 'internet');
  expect(near).toHaveLength(31);
  expect(near.filter(([hostname]) => hostKind(hostname) === 'public')).toEqual([]);
});

it('no address, single label or unreachable zone counts as a name of the own network (Z43)', () => {
  const bare = [
    '10.0.0.1',
    '[fe80::1]',
    'localhost',
    '127.0.0.1',
    'nas',
    'a.localhost',
    'a.onion',
    '',
  ];
  expect(bare.filter(isLocalName)).toEqual([]);
});

it('an address without a host is no neighbour', () => {
  expect(placeOf('')).toBe('internet');
});
