/** Not serving a site for now: nothing is asked, nothing is contacted, nothing is lost. */
import type { Settings } from '../../shared/settings.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Ports } from '../ports/ports.ts';
import { tellPages } from '../site/pages.ts';

/** Pauses a site, or takes it up again. Its open prompts go; its grants stay. */
export async function pauseSite(
  ports: Ports,
  flows: FlowTable,
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
  if (paused) await flows.abandonSite(origin);
  await tellSite(ports, origin);
  ports.changed();
  return settings;
}

/** A page keeps tokens in memory; it forgets them on either event. */
async function tellSite(ports: Ports, origin: string): Promise<void> {
  const grants = await ports.store.listGrants({ site: origin });
  for (const grant of grants.filter(({ chosen }) => chosen)) await tellPages(ports, grant);
}
