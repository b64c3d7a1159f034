/** F8: what a settings file would change about who the broker is stands in the preview. */
import { afterEach, expect, it } from 'vitest';
import { Paper } from '../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it('a file that takes the user’s own document away says so before the import (T-52)', async () => {
  paper = await Paper.open();
  const { own } = paper.world;
  await own.configure({
    clientDocument: { url: 'https://mine.example/client.json', trusted: true },
  });
  const file = {
    grantkeeper: 1,
    settings: { developerMode: false, pausedSites: [] },
    clients: [],
  };
  const preview = await own.previewSettings({ file });
  await own.importSettings({ file });
  const { clientDocument } = await own.settings(undefined as never);
  const isSaid = Object.hasOwn(preview, 'document');
  expect({ isSaid, kept: clientDocument?.url }).not.toEqual({ isSaid: false, kept: undefined });
});

it('a file that says another way to authenticate for the same client says so (T-52)', async () => {
  paper = await Paper.open();
  const { own } = paper.world;
  const client = { issuer: 'https://as.example', clientId: 'mine' };
  await own.saveClient({ ...client, authMethod: 'client_secret_basic', clientSecret: 'secret' });
  const file = {
    grantkeeper: 1,
    settings: { developerMode: false, pausedSites: [] },
    clients: [{ ...client, authMethod: 'none' }],
  };
  const preview = await own.previewSettings({ file });
  await own.importSettings({ file });
  const [after] = await own.clients(undefined as never);
  const isSaid = preview.clients.length > 0;
  expect({ isSaid, hasSecret: after?.hasSecret }).not.toEqual({ isSaid: false, hasSecret: false });
});
