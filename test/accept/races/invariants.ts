/** What has to hold when everything has come to rest, whatever came in which order. */
import type { Done } from './operations.ts';
import { ADDRESSES, SITES, type ModelWorld } from './model-world.ts';

/** What takes something away from a site, or may. */
const TAKING = ['disconnect', 'release', 'narrow', 'account', 'pause'];

/** The promises that were broken; none is well. */
export async function findBroken(world: ModelWorld, all: readonly Done[]): Promise<string[]> {
  const held = await heldBySite(world);
  return [
    ...unsettled(world, all),
    ...reuses(world),
    ...SITES.flatMap((origin, site) => {
      const own = all.filter((done) => done.site === site);
      const grants = held.get(origin) ?? [];
      return [
        ...notAllowed(world, origin, grants),
        ...lost(own, grants).map((scope) => `${origin} lost ${scope}`),
        ...stillThere(world, own, grants),
      ];
    }),
    ...(await untold(world, all)),
  ];
}

/** A grant as far as the promises go. */
interface Held {
  resource: string;
  account: string;
  ceiling: string[];
  granted: string[] | undefined;
}

async function heldBySite({ store }: ModelWorld): Promise<Map<string, Held[]>> {
  const rows = await store.listGrants();
  const found = new Map<string, Held[]>();
  for (const { origin, resource, account, ceiling, token } of rows) {
    const one = { resource, account, ceiling, granted: token?.granted };
    found.set(origin, [...(found.get(origin) ?? []), one]);
  }
  return found;
}

function unsettled(world: ModelWorld, all: readonly Done[]): string[] {
  const open = all.filter(({ to }) => to === undefined).map(({ kind }) => `${kind} never ended`);
  const asking = world.core.flows.pending().filter(({ step }) => step !== 'failed');
  return [
    ...open,
    ...asking.map(({ flow }) => `a question is left: ${flow}`),
    ...world.orphans().map((flow) => `a window is left: ${flow}`),
  ];
}

/** A strictly rotating server sees none; one more for an answer that a kill has lost (K22, T-39). */
function reuses({ providers, kills }: ModelWorld): string[] {
  const reused = providers.flatMap((provider) => provider.reused);
  const twice = reused.filter((token, i) => reused.indexOf(token) !== i);
  const tooMany = reused.length > kills ? [`${String(reused.length)} refresh tokens reused`] : [];
  return [...tooMany, ...twice.map((token) => `${token} reused twice`)];
}

function notAllowed(world: ModelWorld, origin: string, grants: readonly Held[]): string[] {
  const answers = world.answers.filter((one) => one.origin === origin && one.decision === 'allow');
  const allowed = new Set(answers.flatMap(({ scopes }) => scopes));
  const has = grants.flatMap(({ ceiling, granted = [] }) => [...ceiling, ...granted]);
  const extra = [...new Set(has)].filter((scope) => !allowed.has(scope));
  return [...extra, ...world.unasked].map(
    (scope) => `${origin} has ${scope}, which nobody allowed`,
  );
}

/** A scope that a page has held, and that nobody took away since the call that brought it. */
function lost(own: readonly Done[], grants: readonly Held[]): string[] {
  const brought = own.flatMap(({ token, from }) =>
    (token?.scope.split(' ').filter(Boolean) ?? []).map((scope) => ({ scope, from })),
  );
  // What the user has allowed and the token of the moment lacks is fetched without another question.
  const has = (scope: string) => grants.some(({ ceiling }) => ceiling.includes(scope));
  const isTaken = (from: number) =>
    own.some(({ kind, to = Infinity }) => TAKING.includes(kind) && kind !== 'pause' && to >= from);
  const gone = brought.filter(({ scope, from }) => !isTaken(from) && !has(scope));
  return [...new Set(gone.map(({ scope }) => scope))];
}

/** What was taken away and not allowed since is there all the same, or was handed out after. */
function stillThere(world: ModelWorld, own: readonly Done[], grants: readonly Held[]): string[] {
  return own.flatMap(({ taken, from, to = Infinity }) => {
    if (!taken) return [];
    const { origin, resource, account, scope } = taken;
    const since = world.answers.filter((one) => one.origin === origin && one.step >= from);
    const isAllowed = since.some(
      ({ decision, scopes }) => decision === 'allow' && (!scope || scopes.includes(scope)),
    );
    if (isAllowed || own.some(({ kind }) => kind === 'account')) return [];
    // A path that its host did not confirm has a grant of its own, which was not taken away (Z41).
    const isOwn = (address: string) =>
      address !== resource && grants.some((one) => one.resource === address);
    const grant = grants.find((one) => one.account === account && one.resource === resource);
    const isThere = scope
      ? [...(grant?.ceiling ?? []), ...(grant?.granted ?? [])].includes(scope)
      : grant !== undefined;
    const handed = own.filter(
      (done) =>
        done.token &&
        done.to! > to &&
        !isOwn(ADDRESSES[done.address]!) &&
        (!scope || done.token.scope.split(' ').includes(scope)),
    );
    const what = scope ?? 'the grant';
    return [
      ...(isThere ? [`${origin} has ${what} again, which was taken away`] : []),
      ...handed.map(({ kind }) => `${kind} was given a token after ${what} was taken away`),
    ];
  });
}

/** Each page believes what it was last given or told; that has to be what holds. */
async function untold(world: ModelWorld, all: readonly Done[]): Promise<string[]> {
  const strays = world.events.filter(({ to }) => !all.some(({ site }) => SITES[site] === to));
  const broken = strays.map(({ to, event }) => `${to} was told ${event.type} of another site`);
  // A page whose worker was killed forgets what it held.
  if (world.kills > 0) return broken;
  for (const [site, origin] of SITES.entries()) {
    for (const address of ADDRESSES) {
      const belief = beliefOf(world, all, { site, origin, address });
      if (belief === undefined) continue;
      const holds = (await world.core.access.permission({ origin, tabId: site }, address)) as {
        granted: boolean;
        scopes: string[];
      };
      const truth = holds.granted ? [...holds.scopes].sort().join(' ') : 'nothing';
      if (belief !== truth) broken.push(`${origin} believes ${belief} of ${address}: ${truth}`);
    }
  }
  return broken;
}

function beliefOf(
  { events }: ModelWorld,
  all: readonly Done[],
  { site, origin, address }: { site: number; origin: string; address: string },
): string | undefined {
  const given = all.flatMap(({ token, to = 0, ...done }) =>
    token && done.site === site && ADDRESSES[done.address] === address
      ? [{ step: to, scopes: token.scope.split(' ').filter(Boolean) }]
      : [],
  );
  const told = events.flatMap(({ step, to, event: { type, resource, scopes } }) =>
    to === origin && resource === address
      ? [{ step, scopes: type === 'revoked' ? undefined : scopes }]
      : [],
  );
  // What came in the same step may have come in either order: the event says what holds.
  const last = [...given, ...told].sort((one, other) => one.step - other.step).at(-1);
  if (!last) return undefined;
  return last.scopes ? [...last.scopes].sort().join(' ') : 'nothing';
}
