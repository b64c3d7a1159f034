/** A world in which the provider has a list of redirect URIs, and the browser gives access to hosts inside a click only. */
import { redirectShapes, type RedirectShape } from '../../demo/redirect-shapes.ts';
import { BrokerError } from '../../src/shared/errors.ts';
import { LOOPBACK_PATTERNS } from '../../src/shared/facts/loopback-redirect.ts';
import type { PromptView } from '../../src/shared/prompt.ts';
import { REDIRECT_HOST, World } from './world.ts';

/** Path below which Firefox catches answers itself. */
export const OWN_LOOPBACK = `http://127.0.0.1/mozoauth2/${'a1'.repeat(20)}`;

/** One shape, by its id. */
export function shapeOf(id: string): RedirectShape {
  const shape = redirectShapes().find((one) => one.id === id);
  if (!shape) throw new Error(`There is no shape ${id}`);
  return shape;
}

/** What a person at such a provider does and sees. */
export class LoopbackPerson {
  readonly world: World;
  /** Match patterns to which access is held. */
  readonly held = new Set<string>();
  /** Where each sign-in window was to lead back to. */
  readonly returns: string[] = [];
  /** Clicks on failure screens. */
  clicks = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** The last failure that is shown. */
  get failed(): PromptView | undefined {
    return this.world.life.flows.pending().findLast(({ step }) => step === 'failed');
  }

  /** Clicks what the failure screen offers; the browser gives the access that is asked for. */
  async click(returnTo?: string): Promise<boolean> {
    const { failed } = this;
    if (!failed) throw new Error('No failure is shown');
    this.clicks += 1;
    if (returnTo !== undefined) this.give(failed.failure?.loopback?.missing ?? []);
    const { started } = await this.world.own.retry({
      flow: failed.flow,
      ...(returnTo !== undefined && { returnTo }),
    });
    await this.over();
    return started;
  }

  /** As long as the failure screen has another way, it is taken. */
  async goOn(): Promise<void> {
    for (let left = 10; left > 0 && this.failed?.failure?.loopback?.isLeft; left -= 1) {
      await this.click('loopback');
    }
  }

  give(patterns: readonly string[]): void {
    for (const pattern of patterns) this.held.add(pattern);
  }

  /** Resolves when no flow is under way. */
  async over(): Promise<void> {
    const { origin } = this.world.lab.siteA;
    while (this.world.life.flows.isUnderWay(origin, this.world.resource)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Opens the world of a shape; access to the servers is held, and to this computer's addresses only as it is given. */
export async function openAt(
  shape: RedirectShape,
  { firefox = false }: { firefox?: boolean } = {},
): Promise<LoopbackPerson> {
  const world = await World.open({ redirects: shape, ...shape.clients });
  const person = new LoopbackPerson(world);
  const { held, returns } = person;
  world.hostAccess = (pattern) => !LOOPBACK_PATTERNS.includes(pattern) || held.has(pattern);
  world.answer = (snapshot) => {
    person.give(snapshot.hostAccess);
    return 'allow';
  };
  const { open, ...rest } = world.ports.authWindow;
  world.ports.authWindow = {
    ...rest,
    redirectUri: (path) => `https://${REDIRECT_HOST}/${path}`,
    ...(firefox && { loopbackUri: (path: string) => `${OWN_LOOPBACK}/${path}` }),
    // A page that leads nowhere is, in Chromium, one that could not be loaded.
    open: async (url, opened, signal, redirectUri = '') => {
      returns.push(redirectUri);
      return open(url, opened, signal, redirectUri).catch((cause: unknown) => {
        if (!String(cause).includes('ended on a page')) throw cause;
        const detail = { host: new URL(url).host, reason: 'unreachable' } as const;
        throw new BrokerError('authorization_failed', { detail, cause });
      });
    },
  };
  world.ports.dropHostAccess = (patterns) => {
    world.dropped.push(...patterns);
    for (const pattern of patterns) held.delete(pattern);
    return Promise.resolve();
  };
  await world.restart();
  return person;
}
