/** What one connected site does: read, write, outlive its token. */
import { check, checkSame, until } from './story-check.ts';
import { grantRow, type Step } from './story-step.ts';

/** Long enough to write a note with, short enough to wait for; seconds. */
const SHORT_LIFE = 6;

const LONG_LIFE = 3600;

/** The note that the page suggests. */
const NOTE = 'Ask Ada about the step-up';

export const read: Step = {
  title: 'Read again: a call with what is allowed',
  cost: 'none',
  prompts: 0,
  async run({ stage, siteA }) {
    await siteA.press('read');
    checkSame('status of site A', await siteA.settled(), 'connected');
    const onServer = stage.lab.mcpServer.notes.map((note) => note.text);
    checkSame('notes on site A', await siteA.notes(), onServer);
    await stage.picture(siteA.page, 'read-site-a');
    return `${onServer.length} notes came back. The token was at hand.`;
  },
};

export const write: Step = {
  title: 'Step up: writing needs one scope more',
  cost: '1 authorization, 1 exchange',
  prompts: 1,
  async run({ stage, siteA }) {
    const mark = stage.lab.ledger.mark();
    stage.lab.authorizationServer.setAccessTokenSeconds(SHORT_LIFE);
    await siteA.press('write');
    const asked = await stage.answer({ stage: 'allow', decision: 'allow', picture: 'write-allow' });
    checkSame('new scopes', asked.added, ['notes:write']);
    check('notes:read is shown as already allowed', asked.held.includes('notes:read'));
    await stage.authorize({ authorize: 'write-authorize' });

    checkSame('status of site A', await siteA.settled(), 'connected');
    stage.lab.authorizationServer.setAccessTokenSeconds(LONG_LIFE);
    const calls = stage.lab.ledger.since(mark).mcpRequests('tools/call:add_note');
    checkSame(
      'answers to the call',
      calls.map((call) => call.status),
      [403, 200],
    );
    checkSame('newest note on the server', stage.lab.mcpServer.notes.at(-1)?.text, NOTE);
    checkSame('scopes of site A', await siteA.scopes(), ['notes:read', 'notes:write']);
    check(
      'site A tells of the step-up',
      (await siteA.log()).some((l) => l.kind === 'step-up'),
    );
    await siteA.ticked('step-up');
    await stage.picture(siteA.page, 'write-site-a');
    return 'The server answered 403; the user allowed notes:write beside what was allowed; the call was repeated.';
  },
};

export const expire: Step = {
  title: 'Wait: the access token expires',
  cost: 'none',
  prompts: 0,
  async run({ stage, siteA }) {
    const { token } = siteA;
    await until(
      'the server no longer takes the token',
      async () => !(await stage.isGood(token)),
      (SHORT_LIFE + 4) * 1000,
    );
    checkSame('scopes of site A', await siteA.scopes(), ['notes:read', 'notes:write']);
    await stage.popup(siteA, async (popup) => {
      const grant = grantRow(stage, 'siteA');
      const expiry = await popup.$eval(`${grant} .expiry`, (line) =>
        line.getAttribute('data-expiry'),
      );
      checkSame('what the popup says of the expiry', expiry, 'renews');
      await stage.picture(popup, 'expire-popup');
    });
    await stage.picture(siteA.page, 'expire-site-a');
    return `A token that lives ${SHORT_LIFE} s was waited out. Nobody is asked anything; the popup says that it renews itself.`;
  },
};

export const refresh: Step = {
  title: 'Refresh: the next call renews the token',
  cost: '1 refresh',
  prompts: 0,
  async run({ stage, siteA }) {
    const { token } = siteA;
    const mark = stage.lab.ledger.mark();
    await siteA.press('read');
    checkSame('status of site A', await siteA.settled(), 'connected');
    const notes = await siteA.notes();
    check('the note that was written is read', notes.includes(NOTE));
    check('the token is another one', siteA.token !== token);
    check('the new token is good', await stage.isGood(siteA.token));
    const calls = stage.lab.ledger.since(mark).mcpRequests('tools/call:read_notes');
    checkSame(
      'answers to the call',
      calls.map((call) => call.status),
      [200],
    );
    await siteA.ticked('wait');
    await stage.picture(siteA.page, 'refresh-site-a');
    return `One refresh before the call, no window, no failed request; ${notes.length} notes came back.`;
  },
};
