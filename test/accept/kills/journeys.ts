/** What pages and people do while the worker is killed under it. */
import { startLab, type Lab } from '../../../demo/lab.ts';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { insufficientScope, REDIRECT_HOST, World } from '../../flow/world.ts';
import { Lives, type Point } from './mortal.ts';
import type { Allowed } from './sound.ts';

/** A journey, with what has gone before it. */
export interface Journey {
  before?: (world: World) => Promise<void>;
  act: (lives: Lives) => Promise<unknown>;
  allowed: Allowed;
}

/** The grant that the journeys are about. */
export const keyOf = (world: World) => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});

async function connected(world: World): Promise<void> {
  await world.getToken({ scopes: ['notes:read'] });
}

async function outdated(world: World): Promise<void> {
  await connected(world);
  world.elapsed = 3_700_000;
}

/** What the page holds, whichever life it is from. */
async function heldToken({ world }: Lives): Promise<string> {
  const store = await openStore(world.database);
  const grant = await store.readGrant(keyOf(world));
  return grant?.token?.accessToken ?? '';
}

/** The journeys of THREATS 5.3. */
export const JOURNEYS: Record<string, Journey> = {
  'a first connection': {
    act: (lives) => lives.ask({ scopes: ['notes:read'] }),
    allowed: { connected: true, windows: 2, registrations: 2 },
  },
  'a step-up': {
    before: connected,
    act: async (lives) => {
      const rejected = await heldToken(lives);
      return lives.ask({ challenge: insufficientScope('notes:write'), rejected });
    },
    allowed: { connected: true, windows: 3 },
  },
  'a refresh': {
    before: outdated,
    act: (lives) => lives.ask(),
    allowed: { connected: true, windows: 1 },
  },
  'a revocation': {
    before: connected,
    act: (lives) => lives.survive(() => lives.world.own.disconnect(keyOf(lives.world))),
    allowed: { connected: false, windows: 1 },
  },
  'the removal of a scope': {
    before: (world) =>
      world.getToken({ scopes: ['notes:read', 'notes:delete'] }).then(() => undefined),
    act: (lives) =>
      lives.survive(() =>
        lives.world.own.removeScope({ ...keyOf(lives.world), scope: 'notes:delete' }),
      ),
    allowed: { connected: true, windows: 1 },
  },
  'a second account': {
    before: async (world) => {
      world.choices = { login: 'alice' };
      await connected(world);
      world.choices = { login: 'bob' };
    },
    act: (lives) => lives.survive(() => connectBob(lives)),
    allowed: { connected: true, windows: 1 },
  },
};

/** As a person does it from the popup, who looks whether the account is there before they do it again. */
async function connectBob({ world, current }: Lives): Promise<object> {
  const { store } = world.ports;
  const isThere = async () => (await store.listGrants()).length === 2;
  if (await isThere()) return {};
  const { started } = await world.own.connectAccount({ ...keyOf(world), name: 'Work' });
  for (
    let looks = 0;
    started && looks < 400 && current.isAlive() && !(await isThere());
    looks += 1
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { started };
}

/** Opens the servers that the worlds of one file share. */
export function openLab(): Promise<Lab> {
  return startLab({ extensionRedirectHosts: [REDIRECT_HOST] });
}

/** Lives through a journey, the first life up to `point`. */
export async function live(lab: Lab, journey: Journey, point?: Point) {
  const world = await World.beside(lab);
  const lives = new Lives(world);
  await lives.begin();
  if (journey.before) await journey.before(world);
  const first = await lives.begin(point);
  const ended = await journey.act(lives);
  // How many calls it takes differs a little from run to run.
  lives.current.spare();
  return { lives, ended, first };
}
