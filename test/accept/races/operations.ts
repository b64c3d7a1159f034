/** What pages, the user and the world do to one another, in whatever order the scheduler says. */
import type { GrantKey } from '../../../src/background/ports/records.ts';
import { release } from '../../../src/background/user/release.ts';
import type { Token, TokenParams } from '../../../src/shared/page-contract.ts';
import { insufficientScope } from '../../flow/world.ts';
import { ADDRESSES, RESOURCE, SITES, type ModelWorld } from './model-world.ts';

/** What can be done; the letters `a` and `b` name addresses. */
const KINDS = [
  'get',
  'get',
  'step-up',
  'step-up',
  'step-up',
  'rejected',
  'refresh',
  'disconnect',
  'release',
  'narrow',
  'pause',
  'resume',
  'kill',
  'migrate',
  'account',
] as const;

export interface Operation {
  kind: (typeof KINDS)[number];
  site: number;
  address: number;
  scope: string;
  /** How many turns go by before it begins: some come together, some after all that was before. */
  after: number;
}

/** What became of one. */
export interface Done extends Operation {
  from: number;
  /** The step at which it ended; undefined while it has not. */
  to?: number;
  token?: Token;
  code?: string;
  /** What was taken away: the grant, or one scope of it. */
  taken?: GrantKey & { scope?: string };
}

const SCOPES = ['read', 'write', 'delete', 'admin'];

/** Some operations, as the seed has them. */
export function operationsFrom(random: () => number): Operation[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const count = 3 + Math.floor(random() * 7);
  return Array.from({ length: count }, () => ({
    kind: pick(KINDS),
    site: random() < 0.75 ? 0 : 1,
    address: Math.floor(random() * ADDRESSES.length),
    scope: pick(SCOPES),
    after: Math.floor(random() * random() * 150),
  }));
}

/** Does one, when its turn comes. */
export async function perform(world: ModelWorld, done: Done): Promise<void> {
  for (let i = 0; i <= done.after; i += 1) await world.scheduler.gate(undefined, () => undefined);
  done.from = world.scheduler.step;
  try {
    await DEEDS[done.kind](world, done);
  } catch (error) {
    done.code = (error as { code?: string }).code ?? String(error);
  }
  done.to = world.scheduler.step;
}

type Deed = (world: ModelWorld, done: Done) => Promise<void>;

const DEEDS: Record<Operation['kind'], Deed> = {
  get: (world, done) => call(world, done, { scopes: ['read'] }),
  'step-up': async (world, done) => {
    const held = await find(world, done);
    const rejected = held?.token?.accessToken;
    const challenge = insufficientScope(done.scope);
    await call(
      world,
      done,
      rejected === undefined ? { scopes: [done.scope] } : { challenge, rejected },
    );
  },
  rejected: async (world, done) => {
    const held = await find(world, done);
    const rejected = held?.token?.accessToken;
    const challenge = 'Bearer error="invalid_token"';
    await call(world, done, rejected === undefined ? {} : { challenge, rejected });
  },
  refresh: async (world, done) => {
    world.scheduler.now += 3_700_000;
    await call(world, done, { interactive: false });
  },
  disconnect: async (world, done) => {
    const [held] = await listHeld(world, done);
    if (!held) return;
    const { origin, resource, account } = held;
    await world.ask(({ documents }) => documents.disconnect({ origin, resource, account }));
    done.taken = { origin, resource, account };
  },
  release: async (world, done) => {
    const origin = SITES[done.site]!;
    const grant = await find(world, done);
    if (!grant) return;
    const resource = RESOURCE;
    const { released } = await world.ask(({ ports, flows }) =>
      release(ports, flows, { origin, tabId: done.site }, resource),
    );
    if (released) done.taken = { origin, resource, account: grant.account };
  },
  narrow: async (world, done) => {
    const held = (await listHeld(world, done)).find(({ ceiling }) => ceiling.includes(done.scope));
    if (!held) return;
    const { origin, resource, account } = held;
    const { scope } = done;
    const key = { origin, resource, account };
    const removal = { ...key, scope };
    const { outcome } = await world.ask(({ documents }) => documents.removeScope(removal));
    if (outcome === 'narrowed' || outcome === 'signedOut') done.taken = { ...key, scope };
  },
  pause: (world, done) => pause(world, done, true),
  resume: (world, done) => pause(world, done, false),
  kill: (world) => {
    world.begin();
    return Promise.resolve();
  },
  migrate: (world) => {
    world.named = 1;
    return Promise.resolve();
  },
  account: async (world, done) => {
    const [held] = await listHeld(world, done);
    if (!held) return;
    const { origin, resource, account } = held;
    const one = { origin, resource, account, name: 'Work' };
    await world.ask(({ documents }) => documents.connectAccount(one));
  },
};

async function pause(world: ModelWorld, { site }: Done, paused: boolean): Promise<void> {
  await world.ask(({ documents }) => documents.pause({ origin: SITES[site]!, paused }));
}

/** A page's call. When the worker is killed, the page asks the next one again, as the SDK does. */
async function call(world: ModelWorld, done: Done, params: Partial<TokenParams>): Promise<void> {
  const origin = SITES[done.site]!;
  const resource = ADDRESSES[done.address]!;
  const caller = { origin, tabId: done.site };
  const { signal } = new AbortController();
  done.token = await world.ask(
    ({ access }) => access.getToken(caller, { resource, ...params }, signal),
    'again',
  );
}

function find(world: ModelWorld, { site, address }: Done) {
  return world.read(() => world.store.findGrant(SITES[site]!, ADDRESSES[address]!));
}

function listHeld(world: ModelWorld, { site }: Done) {
  return world.read(() => world.store.listGrants({ site: SITES[site]! }));
}
