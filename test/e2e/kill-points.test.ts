/** The background is killed at the points of THREATS 5.3, in one browser one after the other (T-36, Z4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAt } from '../support/background-hold.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { actAfter, actUntil, costOf, KILL_POINTS, prepare } from '../support/kill-points.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const counted = { points: 0, prompts: 0, exchanges: 0 };

/** K13 leaves a window open that has to be told from the next: kill.test.ts does that. */
const POINTS = KILL_POINTS.filter(([name]) => name !== 'K13');

describe(inBrowser('a background that is killed on the way to a token'), () => {
  it.each(POINTS)(
    'at %s loses nothing, asks once, and the page gets its token (T-36, T-39, T-40; K02, K05–K12, K16–K19, K21, K22, K24)',
    async (_name, point) => {
      const params = await prepare(stage, site, point);
      const mark = stage.lab.ledger.mark();
      const prompts = stage.browser.consentWindows.length;
      const kill = await killAt(stage.browser, point.hold);
      const call = site.getToken(params);
      const { signedIn } = await actUntil(stage, point);
      await kill();
      await actAfter(stage, point);
      await signedIn?.catch(() => undefined);
      expect(await call).toHaveProperty('token');
      const spent = stage.lab.ledger.since(mark).cost();
      expect(spent).toMatchObject(costOf(point));
      counted.points += 1;
      counted.exchanges += spent.exchanges;
      counted.prompts += stage.browser.consentWindows.length - prompts;
    },
  );

  it('was killed at every named point, and is counted', () => {
    expect(counted.points).toBe(POINTS.length);
    reportBar(inBrowser('kills at named points'), counted);
  });
});
