/** E-SPOOF: what a page says of itself counts for nothing, through the real door and core (T-02, Z5). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportBar } from '../../support/bars.ts';
import { enter } from '../../support/page-ports.ts';
import { World } from '../../flow/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

/** Names under which a page might claim to be somebody else. */
const NAMES = [
  ...['origin', 'url', 'sender', 'tabId', 'frameId', 'documentId', 'site', 'host', 'referrer'],
  ...['clientName', 'client_name', 'name', 'title', 'icon', 'logo_uri', 'issuer', 'account'],
  ...['client_id', 'redirectUri', 'door'],
];

it('a page that names itself in forty ways is refused, and its question shows where it is (E-SPOOF, T-02)', async () => {
  const { origin } = world.lab.siteA;
  const { resource } = world;
  const bodies = NAMES.flatMap((name) => [
    { call: 'getToken', params: { resource, [name]: 'https://bank.example' } },
    { call: 'getToken', params: { resource }, [name]: 'https://bank.example' },
  ]);
  const port = enter(world.life.pages, { origin, tabId: 1 });
  for (const [id, body] of bodies.entries()) port.say({ v: 1, id, ...body });
  await expect.poll(() => port.endings.length).toBe(40);
  expect(port.endings).toEqual(Array(40).fill('invalid_request'));
  const served = port.endings.filter((end) => end === 'ok').length;
  expect(world.prompts).toEqual([]);
  port.say({ v: 1, id: 99, call: 'getToken', params: { resource } });
  await expect.poll(() => port.endings.length).toBe(41);
  expect(port.endings.at(-1)).toBe('ok');
  expect(new Set(world.prompts.map((shown) => shown.origin))).toEqual(new Set([origin]));
  expect(JSON.stringify(world.prompts)).not.toContain('bank.example');
  reportBar('E-SPOOF', { bodies: bodies.length, served });
});
