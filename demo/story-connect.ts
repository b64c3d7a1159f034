/** How the story begins: a page finds the broker, and is connected. */
import { check, checkSame, inTime, PATIENCE_MS } from './story-check.ts';
import type { SitePage } from './story-site.ts';
import type { Stage } from './story-stage.ts';
import type { Step } from './story-step.ts';

/** No introduction has more pages than this. */
const MOST_PAGES = 6;

export const introduce: Step = {
  title: 'Introduction: what the extension says of itself, and on to the demo',
  cost: 'none',
  prompts: 0,
  async run({ stage }) {
    const page = await stage.introduction();
    let pages = 0;
    for (; pages < MOST_PAGES; pages += 1) {
      await stage.picture(page, `introduction-${pages + 1}`);
      const before = await page.$eval('main', (main) => main.textContent);
      const onward = await page.$('#next, #finish');
      if (!onward) break;
      await onward.click();
      const isOther = (former: string) => document.querySelector('main')?.textContent !== former;
      await page.waitForFunction(isOther, { timeout: PATIENCE_MS }, before);
    }
    check('its last page can be closed', (await page.$('#close')) !== null);
    const closed = stage.driver.whenClosed(page);
    await page.click('#close').catch(() => undefined);
    await inTime('the introduction is closed', closed);
    return `${pages + 1} pages of the extension itself. The demo lies behind them.`;
  },
};

export const arrive: Step = {
  title: 'Arrive: the page finds Grantkeeper',
  cost: 'none',
  prompts: 0,
  essential: true,
  async run(cast) {
    const { stage } = cast;
    cast.siteA = await stage.visit('siteA');
    checkSame('status of site A', await cast.siteA.settled(), 'ready');
    checkSame('scopes of site A', await cast.siteA.scopes(), []);
    checkSame('check list of site A', await cast.siteA.progress(), '0 of 7 done');
    await stage.picture(cast.siteA.page, 'arrive-site-a', { dark: true });
    await stage.popup(cast.siteA, async (popup) => {
      check('the popup says that no site is connected', (await popup.$('#empty')) !== null);
      await stage.picture(popup, 'arrive-popup', { dark: true });
    });
    return 'The page is told that a broker is there, and nothing else. No server was asked.';
  },
};

export const connect: Step = {
  title: 'Connect: one question, one sign-in, and the notes are there',
  cost: '2 metadata, 1 registration, 1 authorization, 1 exchange',
  prompts: 1,
  essential: true,
  async run({ stage, siteA }) {
    const mark = stage.lab.ledger.mark();
    await siteA.press('connect');
    await stage.question(stage.asksToReach('open') ? 'reach' : 'allow');
    const spent = stage.lab.ledger.since(mark).cost();
    checkSame('OAuth requests before Allow, beside metadata', spent.total - spent.metadata, 0);
    await showPending(stage, siteA);

    await stage.answerReach('open', 'connect-reach');
    const allow = await stage.answer({
      stage: 'allow',
      decision: 'allow',
      picture: 'connect-allow',
    });
    const { host } = new URL(stage.lab.siteA.origin);
    check('the prompt names the site', allow.text.includes(host));
    const { issuer } = stage.lab.authorizationServer;
    check('the prompt names the sign-in provider', allow.text.includes(new URL(issuer).host));
    checkSame('new scopes', allow.added, ['notes:read', 'offline_access']);
    checkSame('scopes already allowed', allow.held, []);
    await stage.progress('connect-progress');
    await stage.authorize({ signIn: 'connect-sign-in', authorize: 'connect-authorize' });

    checkSame('status of site A', await siteA.settled(), 'connected');
    checkSame('scopes of site A', await siteA.scopes(), ['notes:read']);
    checkSame('newest line on site A', (await siteA.log())[0]?.kind, 'connected');
    check('the token is good', await stage.isGood(siteA.token));
    checkSame('strip of site A', await siteA.credentials(), NONE);
    checkSame(
      'counts of site A',
      await siteA.counts(),
      'OAuth requests: this page 0 · Grantkeeper 5 · questions 1',
    );
    const [exchange] = stage.lab.ledger.since(mark).tokenRequests();
    checkSame('the token request carried our Origin', exchange?.hadOrigin, false);
    const onServer = stage.lab.mcpServer.notes.map((note) => note.text);
    checkSame('notes on site A', await siteA.notes(), onServer);
    await siteA.ticked('connect');
    await siteA.ticked('read');
    await stage.picture(siteA.page, 'connect-site-a', { dark: true });
    return 'The server answered 401; the user allowed notes:read and signed in; the page has its tools and its notes.';
  },
};

export const closed: Step = {
  title: 'A server without CORS: no page could use it',
  // Named and not let in, Grantkeeper first finds out that it can't read what the server says.
  cost: (stage) =>
    stage.isNamed && stage.asksToReach('closed')
      ? '3 metadata, 1 authorization, 1 exchange'
      : '1 metadata, 1 authorization, 1 exchange',
  prompts: 1,
  async run({ stage, siteA }) {
    await siteA.press('closed-read');
    await stage.answerReach('closed', 'closed-reach');
    await stage.answer({ stage: 'allow', decision: 'allow', picture: 'closed-allow' });
    await stage.authorize({ authorize: 'closed-authorize' });
    checkSame('what site A read there', await siteA.outcome('closed'), '2 notes read.');
    checkSame('strip of site A', await siteA.credentials(), NONE);
    await stage.picture(siteA.page, 'closed-site-a');
    return 'Its preflight is answered 405. Grantkeeper carries the request, and the page holds nothing.';
  },
};

export const keyed: Step = {
  title: 'A server that wants a key: the user has one, and the page never sees it',
  cost: 'none',
  prompts: 1,
  async run({ stage, siteA }) {
    const { key, url } = stage.lab.more!.keyed;
    await siteA.press('keyed-read');
    await stage.answerReach('none', 'keyed-reach');
    const form = await stage.enterKey(key, { wanted: 'keyed-wanted', form: 'keyed-form' });
    check('the form names the server', form.includes(new URL(url).host));
    checkSame('what site A read there', await siteA.outcome('keyed'), '2 notes read.');
    checkSame('strip of site A', await siteA.credentials(), NONE);
    check('the key is nowhere in the page', !(await siteA.page.content()).includes(key));
    await stage.picture(siteA.page, 'keyed-site-a');
    await stage.popup(siteA, async (popup) => {
      check('the popup does not show the key', !(await popup.content()).includes(key));
      const row = `[data-grant="${stage.lab.siteA.origin} ${url}"]`;
      check('the popup lists the server', (await popup.$(row)) !== null);
      await popup.$eval(row, (line) => line.scrollIntoView());
      await stage.picture(popup, 'keyed-popup');
    });
    return 'It knows no OAuth. The user enters the key that it gave them; Grantkeeper attaches it, and the page holds nothing.';
  },
};

/** What the strip says of a page in which no credential was found. */
const NONE = 'Credentials in this page: none';

/** The toolbar popup shows the request that waits, while the prompt stays open. */
function showPending(stage: Stage, site: SitePage): Promise<void> {
  return stage.popup(site, async (popup) => {
    check('the popup lists the waiting request', (await popup.$('#pending [data-flow]')) !== null);
    await stage.picture(popup, 'connect-popup-pending', { dark: true });
  });
}
