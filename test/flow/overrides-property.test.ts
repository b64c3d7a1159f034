/**
 * Whatever a person overrides, no token reaches another site, issuer or resource; and whatever they click in prompts and
 * failures, no request goes out without its resource (Z53). Generated: kinds of servers, overrides, and people.
 */
import { describe, expect, it } from 'vitest';
import {
  SETTINGS_OVERRIDES,
  type OverrideEntry,
  type OverrideKey,
} from '../../src/shared/facts/override.ts';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { BY_HAND, type WildServer } from '../wild/server.ts';
import { onTheWire, open, openOurs, saidIn, settingsOf, startServer } from './overridden.ts';
import type { Answer } from './world.ts';

onTheWire();

/** Mulberry32: the same seed is the same world. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(random: () => number, all: readonly T[]): T =>
  all[Math.floor(random() * all.length)]!;

type Breach = (server: WildServer, others: readonly WildServer[]) => void;

/** What a server does, honest and hostile ones. */
const BREACHES: readonly Breach[] = [
  () => undefined,
  (s) => delete s.metadata['code_challenge_methods_supported'],
  (s) => {
    s.beItsOwnIssuer();
    delete s.resource['authorization_servers'];
  },
  (s) => s.remove(s.metadataUrl),
  (s, [other]) => (s.metadata['issuer'] = other!.login),
  (s) => {
    s.beItsOwnIssuer();
    s.resource['authorization_servers'] = [s.mcp];
    s.metadata['issuer'] = s.login;
  },
  // A mix-up: people sign in at the other's page, and the code is to go here.
  (s, [other]) => {
    s.metadata['issuer'] = other!.login;
    s.metadata['authorization_endpoint'] = `${other!.login}/authorize`;
  },
  (s, [other]) => (s.metadata['token_endpoint'] = `${other!.login}/token`),
  (s, [other]) => (s.metadata['authorization_endpoint'] = `${other!.login}/authorize`),
  (s, [other]) => (s.resource['authorization_servers'] = [other!.login]),
  (s, [other]) => (s.resource['resource'] = other!.url),
  (s) =>
    (s.refuseAuthorization = (request) => (request.has('resource') ? 'invalid_target' : undefined)),
  (s, [other]) => (s.callback = (callback) => callback.searchParams.set('iss', other!.login)),
  (s, [other]) =>
    s.at(`${s.login}/token`, { status: 307, headers: { location: `${other!.login}/token` } }),
];

/** An override for one place of the world, or for one that looks like it. */
function entryOf(random: () => number, servers: readonly WildServer[]): OverrideEntry {
  const [one, other] = [pick(random, servers), pick(random, servers)];
  const issuer = pick(random, [one.login, one.login, one.mcp, `${one.login}/`]);
  return pick<OverrideEntry>(random, [
    { kind: 'issuer_pair', issuer, called: other.login },
    { kind: 'issuer_pair', issuer: one.mcp, called: one.login },
    { kind: 'issuer_pair', issuer: one.login, called: other.login },
    {
      kind: 'endpoints',
      issuer,
      authorizationEndpoint: `${one.login}/authorize`,
      tokenEndpoint: `${one.login}/token`,
    },
    { kind: 'no_resource', issuer, resource: pick(random, [one.url, other.url, one.mcp]) },
    { kind: 'no_resource', issuer: one.login, resource: one.url },
  ]);
}

/** Says yes to everything, ticks everything, turns to whatever is offered. */
function clicking(random: () => number): (snapshot: PromptSnapshot) => Answer {
  return ({ stage, missing = [], issuer, issuers = [] }) => {
    const other = issuers.find((one) => one !== issuer);
    if (other !== undefined && random() < 0.3) return { decision: 'choose', issuer: other };
    return stage === 'client'
      ? { decision: 'allow', client: { ...BY_HAND, authMethod: 'client_secret_post' } }
      : { decision: 'allow', overrides: missing };
  };
}

const isOfSettings = ({ kind }: OverrideKey) => SETTINGS_OVERRIDES.some((one) => one === kind);

const namesOf = ({ login, mcp }: WildServer) => [login, mcp];

function leadsTo({ login }: WildServer, metadata: Record<string, unknown>): boolean {
  const { authorization_endpoint: page, token_endpoint: token } = metadata;
  return [page, token].some((one) => String(one).startsWith(login));
}

/** The secrets that a server has handed out, from its answers. */
function issuedBy({ wire }: WildServer): string[] {
  return wire.flatMap(({ what, answer }) => {
    if (what !== 'exchange' && what !== 'refresh') return [];
    const body = typeof answer.body === 'string' ? answer.body : '';
    const { access_token: access, refresh_token: refresh } = parsed(body);
    return [access, refresh].filter((one) => typeof one === 'string');
  });
}

/** The codes that a provider has given out. */
function codesOf({ wire }: WildServer): string[] {
  return wire.flatMap(({ what, answer }) => {
    const location = what === 'authorize' ? answer.headers?.['location'] : undefined;
    const code = typeof location === 'string' ? new URL(location).searchParams.get('code') : null;
    return code === null ? [] : [code];
  });
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What the worlds together have shown, so that nothing here holds for want of cases. */
const seen = { tokens: 0, withoutResource: 0, kinds: new Set<string>() };

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);

describe('any overrides, any servers, a person who clicks everything', () => {
  it.each(SEEDS)(
    'no token reaches another site, issuer or resource: world %i (Z53, T-20)',
    async (seed) => {
      const random = randomOf(seed);
      const servers = [startServer(), startServer(), startServer()];
      // In some worlds all servers have one provider.
      if (random() < 0.3)
        for (const { resource } of servers) resource['authorization_servers'] = [servers[0]!.login];
      servers.forEach((server, i) => {
        const others = servers.filter((one) => one !== server);
        for (let n = 0; n < 2; n += 1)
          pick(random, BREACHES)(server, i % 2 ? others : others.reverse());
      });
      const ours = await openOurs(servers[0]!);
      ours.answer = clicking(random);
      const settings = settingsOf(ours);
      for (const server of servers) if (random() < 0.5) await settings.enterClient(server.login);
      for (let i = 0; i < 8; i += 1) await settings.save(entryOf(random, servers));
      const set = await settings.list();
      const tokens = new Map<string, { site: string; resource: string }>();
      for (const site of ['https://a.wild.example', 'https://b.wild.example']) {
        const page = ours.world.openPage(site);
        for (const { url } of servers) {
          const token = await page.call('getToken', { resource: url }).catch(() => undefined);
          const value = (token as { access_token?: string } | undefined)?.access_token;
          if (value === undefined) continue;
          // What one site was given at one server nobody else was.
          expect(tokens.has(value)).toBe(false);
          tokens.set(value, { site, resource: url });
        }
      }
      ours.pass(2 * 3_600_000);
      for (const site of ['https://a.wild.example', 'https://b.wild.example'])
        for (const { url } of servers)
          await ours.world
            .pageOf(site)
            .call('getToken', { resource: url })
            .catch(() => undefined);
      const grants = await ours.world.ports.store.listGrants();
      seen.tokens += grants.filter(({ token }) => token !== undefined).length;
      for (const { overrides = [] } of grants) overrides.forEach((kind) => seen.kinds.add(kind));
      for (const server of servers) {
        const secrets = issuedBy(server);
        const elsewhere = servers.filter((one) => one !== server);
        // A server that borrows another's name is sent none of its codes, pair or not.
        const isBorrowed = elsewhere.some(({ login }) => login === server.metadata['issuer']);
        // Others may say of themselves that their codes go there.
        const isMeant = elsewhere.some(({ metadata }) =>
          String(metadata['token_endpoint']).startsWith(server.login),
        );
        const codes = isMeant ? [] : elsewhere.flatMap(codesOf);
        const sent = server.wire.map(({ request }) => request.body);
        expect(isBorrowed && codes.some((code) => sent.some((body) => body.includes(code)))).toBe(
          false,
        );
        for (const other of elsewhere) {
          // Not in a request to anybody who has not given it, unless it names that one as its token endpoint itself.
          const leaked = other.wire.filter(({ request }) =>
            secrets.some((secret) =>
              JSON.stringify([request.body, request.headers]).includes(secret),
            ),
          );
          const isNamed = grants.some(
            ({ server: known }) =>
              known?.token_endpoint?.startsWith(server.login) &&
              known.revocation_endpoint?.startsWith(other.login),
          );
          expect(leaked.length === 0 || isNamed).toBe(true);
        }
        // Without its resource only where exactly this pair is set, with the client that was entered there.
        for (const exchange of server.wire) {
          if (!['authorize', 'exchange', 'refresh'].includes(exchange.what)) continue;
          const said = saidIn(exchange);
          if (said.has('resource')) continue;
          // Of the provider whose metadata has led here, which may be another's.
          const own = servers.filter(({ metadata }) => leadsTo(server, metadata)).flatMap(namesOf);
          const isSet = set.some(
            ({ kind, issuer }) => kind === 'no_resource' && own.includes(issuer),
          );
          seen.withoutResource += 1;
          expect([isSet, said.get('client_id')]).toEqual([true, BY_HAND.clientId]);
        }
      }
      // A grant rests on nothing but what is set for exactly its issuer and resource.
      for (const { overrides = [], server: known, resource } of grants) {
        const held = await settings.list();
        for (const kind of overrides) {
          const isExact = held.some(
            (one) =>
              one.kind === kind &&
              (one.issuer === '' || one.issuer === known?.issuer) &&
              (one.resource === '' || one.resource === resource),
          );
          expect([kind, isExact]).toEqual([kind, true]);
        }
      }
      // No click in a prompt sets what belongs to the settings.
      expect((await settings.list()).filter(isOfSettings)).toEqual(set.filter(isOfSettings));
    },
  );
});

it('the worlds show every kind at work, and many tokens (Z53)', () => {
  const kinds = ['endpoints', 'issuer_pair', 'no_resource', 'own_provider', 'pkce'];
  expect([...seen.kinds].sort()).toEqual(kinds);
  expect(seen.tokens).toBeGreaterThan(30);
  expect(seen.withoutResource).toBeGreaterThan(3);
});

describe('a hostile server whose honest provider answers invalid_target', () => {
  it.each(SEEDS.slice(0, 8))(
    'gets no request without its resource by any click in prompt or failure screen: person %i (Z53, T-54)',
    async (seed) => {
      const random = randomOf(seed);
      const { server: honest, ours } = await open((s) => {
        s.refuseAuthorization = (request) =>
          request.get('resource') === s.url ? undefined : 'invalid_target';
      });
      const hostile = startServer((s) => {
        s.resource['authorization_servers'] = [honest.login];
        s.resource['scopes_supported'] = ['read', 'spoils', 'offline_access'];
      });
      ours.answer = clicking(random);
      if (random() < 0.5) await settingsOf(ours).enterClient(honest.login);
      const page = ours.world.openPage('https://evil.wild.example');
      for (let i = 0; i < 4; i += 1) {
        ours.pass(700_000);
        await page.call('getToken', { resource: hostile.url }).catch(() => undefined);
        for (const { flow, step, snapshot } of await ours.world.own.pending({})) {
          if (step !== 'failed') continue;
          await ours.world.own.review({ flow });
          const all = [...snapshot.scopes.added, ...snapshot.scopes.held];
          const leaveOut = all.filter(() => random() < 0.5);
          await settingsOf(ours).call('retry', { flow, leaveOut });
        }
      }
      await expect.poll(() => ours.world.life.flows.pending().length).toBeGreaterThanOrEqual(0);
      const sent = honest.wire.filter(({ what }) => ['authorize', 'exchange'].includes(what));
      expect(sent.length).toBeGreaterThan(0);
      expect(sent.filter((one) => saidIn(one).get('resource') !== hostile.url)).toEqual([]);
      expect(honest.count('exchange')).toBe(0);
      const kinds = (await settingsOf(ours).list()).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind !== 'scopes')).toEqual([]);
    },
  );
});
