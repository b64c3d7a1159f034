/** A person who makes an exception in the settings before they connect (Z53). */
import { DOCUMENTS } from '../../src/shared/documents.ts';
import type { Stage } from '../support/stage.ts';
import type { ProviderAtWork } from './rows.ts';

/** Enters it, and the client that some exceptions need; resolves how many fields that took. */
export async function makeException(
  stage: Stage,
  { exception, entered }: ProviderAtWork,
): Promise<number> {
  const { issuer } = stage.lab.authorizationServer;
  const server = new URL(stage.lab.mcpServer.url).origin;
  const wanted = exception?.({ provider: issuer, server });
  if (!wanted) return 0;
  const isOfClient = wanted.kind === 'no_resource' && entered?.clientId !== undefined;
  if (isOfClient) await enterClient(stage, issuer, entered.clientId ?? '');
  const settings = await stage.browser.extensionPage(`${DOCUMENTS.settings}#overrides`);
  await settings.waitForSelector('#add-override');
  await settings.click('#add-override');
  await settings.select('#override-kind', wanted.kind);
  const fields = Object.entries(wanted.fields);
  for (const [name, value] of fields) await settings.type(`#override-${name}`, value);
  await settings.click('#overrides [type=submit]');
  await settings.waitForSelector(`#override-list [data-override="${wanted.kind}"]`);
  await settings.close();
  return fields.length + (isOfClient ? 1 : 0);
}

async function enterClient(stage: Stage, issuer: string, clientId: string): Promise<void> {
  const address = `${DOCUMENTS.settings}#client=${encodeURIComponent(issuer)}`;
  const settings = await stage.browser.extensionPage(address);
  await settings.waitForSelector('#client-id');
  await settings.type('#client-id', clientId);
  await settings.click('.client-form [type=submit]');
  await settings.waitForSelector(`[data-issuer="${issuer}"] .edit`);
  await settings.close();
}
