/** What the servers are asked for a first connection of a site that signs in with our client document (Z56). */
import { EXTENSION_ID } from '../drivers/open.ts';
import { clientDocument } from '../src/protocol/client-document.ts';
import { DOCUMENTS } from '../src/shared/documents.ts';
import type { Bed } from './bed.ts';
import { askWithoutToken, LEAST, requestsSince } from './requests.ts';
import { exactly, type Row } from './table.ts';

/** Nobody serves it: the authorization server is answered here, and the extension is told to trust it. */
const ADDRESS = 'https://keeper.example/client-chrome.json';

/** Nobody is registered. */
const LEAST_WITH_DOCUMENT = LEAST - 1;

/** The document, as the authorization server reads it. */
export function answerWithDocument(): Promise<Response> {
  const redirects = [`https://${EXTENSION_ID}.chromiumapp.org/cb`];
  return Promise.resolve(Response.json(clientDocument(ADDRESS, redirects)));
}

/** Counts; the site must be a stranger to the server, which takes documents. */
export async function countWithDocument(bed: Bed): Promise<Row[]> {
  await trustDocument(bed);
  const page = await bed.page();
  const { resource, challenge } = await askWithoutToken(bed.lab);
  const mark = bed.lab.ledger.mark();
  await Promise.all([page.getTokens([{ resource, challenge }]), bed.approve(true)]);
  const count = requestsSince(bed.lab, mark);
  const row: Row = {
    what: 'First connection with our client document, HTTP requests',
    measured: `${count}`,
    against: `least the protocol allows: ${LEAST_WITH_DOCUMENT}`,
    ratio: `${(count / LEAST_WITH_DOCUMENT).toFixed(2)}×`,
    must: exactly(count, LEAST_WITH_DOCUMENT),
  };
  return [row];
}

/** As in the settings page, for a document that can't be read from here. */
async function trustDocument({ chromium }: Bed): Promise<void> {
  const page = await chromium.extensionPage(DOCUMENTS.popup);
  const params = { clientDocument: { url: ADDRESS, trusted: true } };
  const message = { door: 'extension', call: 'configure', params };
  const reply = await page.evaluate((sent) => chrome.runtime.sendMessage(sent), message);
  if (!(reply as { ok: boolean }).ok) throw new Error('The client document could not be set');
  await page.close();
}
