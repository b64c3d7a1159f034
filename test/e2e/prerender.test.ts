/** A page that the browser loads before the user goes there (speculation rules): it finds its broker once it is shown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listener } from '../../demo/listen.ts';
import { bundle } from '../../demo/web-client/bundle.ts';
import { PATIENCE_MS } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let server: Listener;
/**
 * What the page that looks for its broker has told its server: whether it was prerendered then, and what it found.
 * Puppeteer isn't asked: on a busy machine it loses a page that is shown after it was prerendered.
 */
const looked: string[] = [];
const found: string[] = [];

beforeAll(async () => {
  stage = await openTestStage();
  const files = await bundle();
  server = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site.invalid');
    if (pathname === '/looked') looked.push(searchParams.get('prerendering') ?? '');
    if (pathname === '/found') found.push(searchParams.get('name') ?? '');
    const html = { '/': FIRST, '/next': `${String(files.get('bare.html'))}${NEXT}` }[pathname];
    const isScript = pathname.endsWith('.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(html ?? files.get(pathname.slice(1)) ?? '');
  });
});
afterAll(() => Promise.all([stage.close(), server.close()]));

const FIRST = `<!doctype html><title>The first page</title>
<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>`;

/** Looks for the broker as soon as it runs, as the README's example does, and says how that ended. */
const NEXT = `<script type="module">
  await fetch('/looked?prerendering=' + (document.prerendering === true));
  const name = await grantkeeper.findBroker({ timeout: ${PATIENCE_MS} }).then(
    (broker) => broker?.info.name ?? 'no broker',
    (error) => error.code,
  );
  await fetch('/found?name=' + name);
</script>`;

describe(inBrowser('a page that is prerendered'), () => {
  it('finds its broker once the user is there (W4)', async () => {
    looked.length = found.length = 0;
    const origin = `http://127.0.0.1:${server.address.port}`;
    const page = await stage.browser.page(`${origin}/`);
    const { prerenders } = stage.browser.ways;
    if (prerenders) await expect.poll(() => looked, { timeout: PATIENCE_MS }).toEqual(['true']);
    expect(found).toEqual([]);
    const leaving = page.evaluate((url) => location.assign(url), `${origin}/next`);
    // The document that was asked may be gone before it has answered.
    await leaving.catch(() => undefined);
    await expect.poll(() => found, { timeout: PATIENCE_MS }).toEqual(['Grantkeeper']);
    expect(looked).toEqual([String(prerenders)]);
  });
});
