/**
 * Where the story plays: the lab's real servers, the built extension in a real browser, and a visitor who
 * reads the screens, clicks and signs in. Every screen that is looked at leaves a picture.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { ROOT } from '../scripts/set-up.mjs';
import { ONBOARDING, type Driver, type TestHosts } from '../drivers/driver.ts';
import { allow, deny, readToEnd } from '../drivers/prompt.ts';
import { screenshotsIn } from '../drivers/screenshots.ts';
import { DEMO_HOSTS, type Lab, type LabOptions } from './lab.ts';
import { openDemo, type Demo } from './open-demo.ts';
import { enlargeScreen, openDemoBrowser, type Showing } from './story-browser.ts';
import { inTime, PATIENCE_MS, until } from './story-check.ts';
import { SitePage } from './story-site.ts';

/** Where the pictures go. */
export const OUT = path.join(ROOT, 'demo', 'out');

/** Room for the page's two columns, and for all that happens on it. */
const TAB = { width: 1040, height: 1080 };

/** What the sign-in window is on most desktops. */
const SIGN_IN = { width: 800, height: 600 };

/** What a prompt showed when it was answered. */
export interface Question {
  added: string[];
  held: string[];
  text: string;
}

/** What is asked, and how the visitor answers. */
export interface Answer {
  stage: 'reach' | 'allow';
  decision: 'allow' | 'deny';
  /** Name of the picture. */
  picture: string;
}

/** The running stage. */
export class Stage {
  readonly lab: Lab;
  readonly driver: Driver;
  /** Whether the servers have names; on ports of this computer Grantkeeper asks before it contacts one. */
  readonly isNamed: boolean;
  /** Pictures taken so far, as file names. */
  readonly pictures: string[] = [];
  readonly #takeScreenshot = screenshotsIn(OUT);

  private constructor({ lab, driver, isNamed }: Demo) {
    this.lab = lab;
    this.driver = driver;
    this.isNamed = isNamed;
  }

  /** Opens the stage; what an earlier run left is removed. */
  static async open(browser: Showing['browser'], options: LabOptions): Promise<Stage> {
    rmSync(OUT, { recursive: true, force: true });
    const showing = { browser, headless: true };
    const openBrowser = async (hosts: TestHosts) => {
      const driver = await openDemoBrowser(showing, hosts);
      await enlargeScreen(driver);
      return driver;
    };
    const demo = await openDemo({ browser, lab: options, openBrowser });
    // The browser's own question, which nobody can see or answer without a display.
    const named = Object.values(DEMO_HOSTS).map((host) => `https://${host}/*`);
    await demo.driver.preApproveHostAccess(demo.isNamed ? named : ['http://127.0.0.1/*']);
    return new Stage(demo);
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.lab.close();
  }

  /** Visits one of the two sites in a tab of its own. */
  async visit(site: 'siteA' | 'siteB'): Promise<SitePage> {
    const page = await this.driver.browser.newPage();
    await page.setViewport(TAB);
    const { origin } = this.lab[site];
    const visited = new SitePage(page, () => this.lab.tokenOf(origin));
    await page.goto(origin);
    return visited;
  }

  /** Takes a picture; with `dark`, a second one as it looks in dark mode. */
  async picture(page: Page, name: string, { dark = false } = {}): Promise<void> {
    this.pictures.push(path.basename(await this.#takeScreenshot(page, name), '.png'));
    if (!dark) return;
    await this.driver.setColorScheme(page, 'dark');
    this.pictures.push(path.basename(await this.#takeScreenshot(page, `${name}-dark`), '.png'));
    await this.driver.setColorScheme(page, undefined);
  }

  /** The page that the extension has opened by itself, in front. */
  async introduction(): Promise<Page> {
    const isIt = (url: string) => url === this.driver.root + ONBOARDING;
    const [page] = await this.driver.openPages(isIt);
    if (!page) throw new Error('the extension has not introduced itself');
    await page.setViewport(TAB);
    await page.bringToFront();
    return page;
  }

  /**
   * Whether Grantkeeper has to ask before it contacts a server: always where that is on a port of this computer or says
   * nothing of where to sign in, else where its metadata is closed and the browser has not let Grantkeeper in.
   */
  asksToReach(metadata: 'open' | 'closed' | 'none'): boolean {
    const isClosed = metadata === 'closed' && !this.driver.ways.holdsHostAccessFromStart;
    return !this.isNamed || metadata === 'none' || isClosed;
  }

  /** Allows this, where it is asked. */
  async answerReach(metadata: 'open' | 'closed' | 'none', picture: string): Promise<void> {
    if (!this.asksToReach(metadata)) return;
    await this.answer({ stage: 'reach', decision: 'allow', picture });
  }

  /** Waits for the prompt to ask this, and reads it. */
  async question(stage: Answer['stage']): Promise<{ prompt: Page; question: Question }> {
    const prompt = await this.driver.consentPrompt();
    await prompt.waitForSelector(`#stage[data-stage="${stage}"] #allow`, { timeout: PATIENCE_MS });
    const question = await prompt.evaluate(() => ({
      added: [...document.querySelectorAll('#scopes-new code')].map((code) => code.textContent),
      held: [...document.querySelectorAll('#scopes-held code')].map((code) => code.textContent),
      text: document.body.innerText,
    }));
    return { prompt, question };
  }

  /** Waits for the question, reads it until Allow is awake, takes its pictures, and answers. */
  async answer({ stage, decision, picture }: Answer): Promise<Question> {
    const { prompt, question } = await this.question(stage);
    await prompt.bringToFront();
    await readToEnd(prompt, PATIENCE_MS);
    // Away from the buttons, where the last answer left it.
    await prompt.mouse.move(1, 1);
    await this.picture(prompt, picture, { dark: true });
    await (decision === 'allow' ? allow : deny)(prompt);
    return question;
  }

  /** A server wants a key: opens the form, enters it, and saves. Resolves the text of the form. */
  async enterKey(key: string, pictures: { wanted: string; form: string }): Promise<string> {
    await this.answer({ stage: 'allow', decision: 'allow', picture: pictures.wanted });
    const prompt = await this.driver.consentPrompt();
    await prompt.waitForSelector('#key-value', { timeout: PATIENCE_MS });
    await prompt.type('#key-value', key);
    const { text } = await this.answer({
      stage: 'allow',
      decision: 'allow',
      picture: pictures.form,
    });
    return text;
  }

  /** The prompt after Allow, while the sign-in window is open. */
  async progress(picture: string): Promise<void> {
    const prompt = await this.driver.consentPrompt();
    await prompt.waitForSelector('#step[data-step="authorizing"]', { timeout: PATIENCE_MS });
    await this.picture(prompt, picture);
  }

  /** At the authorization server: signs in where that is asked, authorizes, and sees the window close. */
  async authorize(pictures: { signIn?: string; authorize: string }): Promise<void> {
    const { issuer } = this.lab.authorizationServer;
    const window = await this.driver.authorizationWindow(`${issuer}/interaction/`);
    await window.setViewport(SIGN_IN);
    if (pictures.signIn !== undefined) {
      await window.waitForSelector('#sign-in', { timeout: PATIENCE_MS });
      await this.picture(window, pictures.signIn, { dark: true });
      await window.click('#sign-in');
    }
    await window.waitForSelector('#authorize', { timeout: PATIENCE_MS });
    await this.picture(window, pictures.authorize);
    const closed = this.driver.whenClosed(window);
    // The window closes as soon as the redirect is seen, at times before the click has been confirmed.
    await window.click('#authorize').catch(() => undefined);
    await inTime('the sign-in window is closed', closed);
  }

  /** Opens the toolbar popup over a site, waits until it shows what it knows, has it looked at, and closes it. */
  async popup(over: SitePage, look: (popup: Page) => Promise<void>): Promise<void> {
    await over.page.bringToFront();
    const popup = await this.driver.actionPopup(over.page);
    await popup.waitForSelector('main[aria-busy="false"]', { timeout: PATIENCE_MS });
    await isAtRest(popup);
    await look(popup);
    await popup.close();
    await over.page.bringToFront();
  }

  /** Whether the authorization server still takes this access token. */
  async isGood(token: string): Promise<boolean> {
    return (await this.lab.authorizationServer.findAccessToken(token)) !== undefined;
  }

  /** After a step that failed: closes every window it left open. */
  async clear(): Promise<void> {
    const left = [this.driver.root, this.lab.authorizationServer.issuer];
    const isLeft = (url: string) => left.some((start) => url.startsWith(start));
    for (const page of await this.driver.openPages(isLeft)) {
      await page.close().catch(() => undefined);
    }
  }
}

/** The browser fits the popup to its content, in several steps. */
async function isAtRest(popup: Page): Promise<void> {
  let last = '';
  await until('the popup keeps its size', async () => {
    const before = last;
    last = await popup.evaluate(() => `${innerWidth} ${innerHeight} ${document.body.scrollHeight}`);
    await sleep(200);
    return last === before;
  });
}
