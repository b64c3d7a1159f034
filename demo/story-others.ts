/** What one site was allowed is its own: a second site, a denial, and taking back. */
import { check, checkSame, until } from './story-check.ts';
import { grantRow, type Step } from './story-step.ts';

export const secondSite: Step = {
  title: 'A second site: asked about on its own',
  cost: '2 metadata, 1 registration, 1 authorization, 1 exchange',
  prompts: 1,
  async run(cast) {
    const { stage, siteA } = cast;
    const siteB = (cast.siteB = await stage.visit('siteB'));
    checkSame('status of site B', await siteB.settled(), 'ready');
    checkSame('scopes of site B', await siteB.scopes(), []);
    await siteB.press('connect');
    // What the server says is at hand from the first site, so nobody is asked to contact it.
    const asked = await stage.answer({
      stage: 'allow',
      decision: 'allow',
      picture: 'second-site-allow',
    });
    checkSame('scopes already allowed to site B', asked.held, []);
    await stage.authorize({ authorize: 'second-site-authorize' });

    checkSame('status of site B', await siteB.settled(), 'connected');
    checkSame('scopes of site B', await siteB.scopes(), ['notes:read']);
    check('the two sites hold different tokens', siteA.token !== siteB.token);
    check('the token of site A is still good', await stage.isGood(siteA.token));
    await siteB.ticked('second-site');
    await stage.picture(siteB.page, 'second-site-site-b', { dark: true });
    return 'It inherits nothing of what site A was allowed, reads the metadata for itself, gets a registration of its own, and breaks nothing.';
  },
};

export const denied: Step = {
  title: 'Deny: the answer is kept',
  cost: 'none',
  prompts: 1,
  async run({ stage, siteB }) {
    const before = stage.lab.mcpServer.notes.length;
    const { length: windows } = stage.driver.consentWindows;
    await siteB.press('write');
    const asked = await stage.answer({ stage: 'allow', decision: 'deny', picture: 'deny-allow' });
    checkSame('new scopes', asked.added, ['notes:write']);
    checkSame('status of site B', await siteB.settled(), 'connected');
    checkSame('newest line on site B', (await siteB.log())[0]?.kind, 'refused');

    await siteB.press('write');
    await siteB.settled();
    checkSame(
      'refusals told on site B',
      (await siteB.log()).filter((line) => line.kind === 'refused').length,
      2,
    );
    checkSame('questions', stage.driver.consentWindows.length - windows, 1);
    const [newest] = await siteB.log();
    check('site B says why it was not asked again', /didn’t ask again/.test(newest?.text ?? ''));
    await siteB.ticked('deny');
    checkSame('notes on the server', stage.lab.mcpServer.notes.length, before);
    await siteB.press('read');
    checkSame('status of site B', await siteB.settled(), 'connected');
    checkSame('notes on site B', (await siteB.notes()).length, before);
    await stage.picture(siteB.page, 'deny-site-b');
    await stage.popup(siteB, async (popup) => {
      const row = `[data-refusal="${stage.lab.siteB.origin} ${stage.lab.mcpServer.url}"]`;
      check('the popup lists the refusal', (await popup.$(row)) !== null);
      await popup.$eval(row, (line) => line.scrollIntoView());
      await stage.picture(popup, 'deny-popup');
    });
    return 'Asked once, refused; asked again, refused without a question. Reading still works.';
  },
};

export const revoke: Step = {
  title: 'Revoke in the popup: the server and the site are told',
  cost: '2 revocations',
  prompts: 0,
  async run({ stage, siteA, siteB }) {
    const tokens = { a: siteA.token, b: siteB.token };
    const mark = stage.lab.ledger.mark();
    await stage.popup(siteA, async (popup) => {
      await stage.picture(popup, 'revoke-popup', { dark: true });
      const grant = grantRow(stage, 'siteA');
      await popup.click(`${grant} .disconnect`);
      await popup.waitForSelector(`${grant} .confirm`);
      await stage.picture(popup, 'revoke-popup-confirm');
      await popup.click(`${grant} .confirm`);
      await popup.waitForSelector(`${grant} .outcome[data-outcome="revoked"]`);
      await stage.picture(popup, 'revoke-popup-outcome', { dark: true });
    });

    await until('site A was told', async () => (await siteA.log())[0]?.kind === 'revoked');
    checkSame('status of site A', await siteA.settled(), 'disconnected');
    checkSame('scopes of site A', await siteA.scopes(), []);
    const answers = stage.lab.ledger
      .since(mark)
      .revocations()
      .map((entry) => entry.status);
    checkSame('answers to the revocations', answers, [200, 200]);
    check('the token of site A is dead at the server', !(await stage.isGood(tokens.a)));
    check('the token of site B is still good', await stage.isGood(tokens.b));
    await siteA.ticked('revoke');
    checkSame('check list of site A', await siteA.progress(), '7 of 7 done');
    await siteA.toTop();
    await stage.picture(siteA.page, 'revoke-site-a', { dark: true });
    await siteB.page.bringToFront();
    await siteB.press('read');
    checkSame('status of site B', await siteB.settled(), 'connected');
    checkSame('check list of site B', await siteB.progress(), '7 of 7 done');
    check(
      'no page has sent an OAuth request of its own',
      /this page 0 /.test(await siteB.counts()) && stage.lab.ledger.ownOfPages() === 0,
    );
    await stage.picture(siteB.page, 'revoke-site-b');
    return 'Both tokens of site A were revoked, the one it was using is dead at the server, the page knows, and site B reads on.';
  },
};
