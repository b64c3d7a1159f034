/** Not serving a site for now: nothing is asked, nothing is contacted, nothing is lost. */
import type { Settings } from '../shared/settings.ts';
import type { Flows } from './flows.ts';
import type { Ports } from './ports.ts';

/** Pauses a site, or takes it up again. Its open prompts go; its grants stay. */
export async function pauseSite(
  ports: Ports,
  flows: Flows,
  { origin, paused }: { origin: string; paused: boolean },
): Promise<Settings> {
  const { store } = ports;
  const former = await store.readSettings();
  const pausedSites = paused
    ? [...new Set([...former.pausedSites, origin])]
    : former.pausedSites.filter((site) => site !== origin);
  const settings = { ...former, pausedSites };
  await store.writeSettings(settings);
  ports.log.note({ kind: paused ? 'paused' : 'resumed', origin, scopes: [] });
  if (paused) flows.abandonSite(origin);
  await tellSite(ports, origin, paused);
  ports.changed();
  return settings;
}

/** True while a site is not served. */
export async function isPaused({ store }: Pick<Ports, 'store'>, origin: string): Promise<boolean> {
  return (await store.readSettings()).pausedSites.includes(origin);
}

/** A page keeps tokens in memory; it forgets them on either event. */
async function tellSite(ports: Ports, origin: string, paused: boolean): Promise<void> {
  const { store, tell } = ports;
  for (const grant of await store.listGrants()) {
    if (grant.origin !== origin || !grant.chosen) continue;
    const scopes = paused ? [] : (grant.token?.granted ?? []);
    for (const resource of await store.listWays(origin, grant.resource)) {
      tell(origin, { type: paused ? 'revoked' : 'grantchange', resource, scopes });
    }
  }
}
