/** Hosts in the spellings of T-29, as they may stand in a URL, by what the URL policy has to say of them. */

/** The parser folds each of these into `localhost`, `127.0.0.1` or `[::1]`. */
export const LOOPBACK: readonly string[] = [
  ...['localhost', 'LOCALHOST', 'LocalHost', '%6c%6f%63alhost', 'localhos%74'],
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '127.000.000.001', '127%2e0%2e0%2e1'],
  ...['2130706433', '0x7f000001', '0x7F000001', '017700000001', '0x7f.1', '0x7f.0.0.1'],
  ...['0177.0.0.1', '0177.1', '0x7f.0x0.0x0.0x1', '0177.0.0.0x1', '127.0x1', '00000177.0.0.1'],
  ...['[::1]', '[0::1]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ...['[::0.0.0.1]', '[0:0::0:1]'],
];

/** Names of local networks, and what a browser resolves to loopback by itself. */
const LOCAL_NAMES = [
  ...['localhost.', 'LOCALHOST.', 'app.localhost', 'app.localhost.', 'a.b.localhost'],
  ...['printer', 'intranet', 'router.', 'mcp', 'a-b', 'xn--mnchen-3ya', 'com'],
  ...['printer.local', 'printer.local.', 'PRINTER.LOCAL', 'a.b.local', 'nas.lan', 'nas.lan.'],
  ...['vault.internal', 'metadata.google.internal', 'a.home.arpa', 'a.home.arpa.', 'x.onion'],
];

/** IPv4 in every block of the special-purpose registry, first and last addresses among them. */
const PRIVATE_V4 = [
  ...['0.0.0.0', '0', '0x0', '0.0.0.1', '0.255.255.255', '0.0.0.0.'],
  ...['127.0.0.2', '127.0.0.0', '127.255.255.255', '127.1.1.1', '2130706434', '0x7f.2'],
  ...['10.0.0.0', '10.0.0.1', '10.255.255.255', '10.1', '167772161', '0xa000001', '012.0.0.1'],
  ...['172.16.0.0', '172.16.0.1', '172.31.255.255', '0xac.0x10.0.1', '2886729729', '172.16.1'],
  ...['192.168.0.0', '192.168.1.1', '192.168.255.255', '192.168.257', '3232235777', '0xc0a80101'],
  ...['0300.0250.1.1', '192.168.1.1.', '0xC0.0xA8.0x1.0x1', '030052000401'],
  ...['169.254.0.0', '169.254.169.254', '169.254.255.255', '2852039166', '0xa9fea9fe'],
  ...['100.64.0.0', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
  ...['192.0.0.1', '192.0.0.192', '192.0.2.1', '198.51.100.1', '203.0.113.255', '192.88.99.1'],
  ...['198.18.0.0', '198.19.255.255'],
  ...['224.0.0.0', '224.0.0.251', '239.255.255.250', '239.255.255.255'],
  ...['240.0.0.0', '240.0.0.1', '255.255.255.254', '255.255.255.255', '4294967295', '0xffffffff'],
];

const PRIVATE_V6 = [
  ...['[::]', '[0:0:0:0:0:0:0:0]', '[::2]', '[::ffff]'],
  // v4-mapped, v4-compatible, v4-translated; public inside or not
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:127.0.0.1]', '[0:0:0:0:0:ffff:7f00:0001]'],
  ...['[::ffff:10.0.0.1]', '[::ffff:192.168.1.1]', '[::ffff:169.254.169.254]', '[::ffff:0.0.0.0]'],
  ...['[::ffff:8.8.8.8]', '[::127.0.0.1]', '[::10.0.0.1]', '[::ffff:0:127.0.0.1]'],
  // NAT64, local NAT64
  ...['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::a00:1]', '[64:ff9b::808:808]'],
  ...['[64:ff9b:1::a00:1]', '[64:ff9b:1:ffff::]'],
  // 6to4 of 127.0.0.1, 10.0.0.1, 192.168.1.1, and of a public address
  ...['[2002:7f00:1::]', '[2002:a00:1::1]', '[2002:c0a8:101::]', '[2002:808:808::]'],
  // Teredo, benchmarking, ORCHID, documentation
  ...['[2001::1]', '[2001:0:7f00:1::]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[2001:2::1]'],
  ...['[2001:10::1]', '[2001:20::1]', '[2001:1ff::]', '[2001:db8::1]', '[2001:DB8:ffff::]'],
  ...['[3fff::1]', '[3fff:fff:ffff::]'],
  // unique local, link-local, old site-local, multicast, discard-only, unassigned
  ...['[fc00::1]', '[fd00::1]', '[fdff:ffff::]', '[fd12:3456:789a::1]', '[FD00::1]'],
  ...['[fe80::1]', '[fe80::a00:1]', '[febf::1]', '[fec0::1]', '[feff::1]'],
  ...['[ff02::1]', '[ff02::fb]', '[ff05::1:3]', '[ffff::]', '[100::1]', '[5f00::1]'],
  ...['[1fff::1]', '[4000::1]', '[::1.2.3.4]', '[0:0:0:0:1:0:0:1]'],
];

/**
 * Names that give away that they are private: zones of local networks, and public DNS that answers with an address
 * written in the name, or always with this computer.
 */
export const LOCAL_BY_NAME: readonly string[] = [
  ...['localhost.localdomain', 'localhost6.localdomain6', 'a.localdomain', 'a.b.localdomain6'],
  ...['printer.local', 'PRINTER.LOCAL', 'printer.local.', 'nas.lan', 'nas.lan.', 'a.home.arpa'],
  ...['vault.internal', 'metadata.google.internal', 'wiki.corp', 'Wiki.CORP.', 'nas.home'],
  ...['hr.intranet', 'db.private', 'pc.workgroup', 'fritz.box', 'nas.fritz.box', 'box.mshome.net'],
  ...['127.0.0.1.nip.io', '10-0-0-1.nip.io', '7f000001.nip.io', 'app.sslip.io', '10.1.1.1.xip.io'],
  ...[
    'localtest.me',
    'a.localtest.me',
    'x.lvh.me',
    'a.localhost.direct',
    'vcap.me',
    'lacolhost.com',
  ],
  ...['127.0.0.1.evil.com', '10.0.0.1.example.com', '192-168-0-1.nip.example', 'a-172-16-0-9.x.io'],
  ...['169.254.169.254.evil.com', '1.10.0.0.1.evil.com', '100.64.0.1.evil.com', '0.0.0.0.evil.com'],
];

/** Not the public internet, and not one of the three loopback spellings either. */
export const PRIVATE: readonly string[] = [...LOCAL_NAMES, ...PRIVATE_V4, ...PRIVATE_V6];

/** Public, some by a hair. */
export const PUBLIC: readonly string[] = [
  ...['example.com', 'EXAMPLE.com', 'example.com.', 'a.b.example', 'xn--mnchen-3ya.example'],
  ...['localhost.evil.com', '8.8.8.8.example.com', 'a-9-10-11-12.example.com', 'mylocal.host'],
  ...[
    'local.example.com',
    'lan.example.com',
    'notlocal.xlocal',
    'example.com:8443',
    'arpa.home.com',
  ],
  ...['1.1.1.1', '8.8.8.8', '0x08080808', '134744072', '1.0.0.0', '9.255.255.255', '11.0.0.0'],
  ...['100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255'],
  ...['169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.88.98.255'],
  ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255'],
  ...['203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['[2606:4700:4700::1111]', '[2001:4860:4860::8888]', '[2001:200::1]', '[2000::1]'],
  ...['[2a00:1450::1]', '[2003::1]', '[2001:db7::1]', '[2001:db9::1]', '[3ffe:ffff::1]'],
];
