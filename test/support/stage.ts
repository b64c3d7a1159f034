/**
 * The stage of every end-to-end test: the packaged extension in a real browser, the demo's real servers, and
 * a person who reads, clicks and signs in.
 */
import type { Page } from 'puppeteer-core';
import { startLab, TLS_HOSTS, type Lab, type LabOptions } from '../../demo/lab.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import type { Token, TokenParams } from '../../src/shared/page-contract.ts';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { PATIENCE_MS, type BrowserName, type Driver } from '../../drivers/driver.ts';
import { BUILDS } from '../../drivers/open.ts';
import { unpack } from './packaged.ts';
import { allow, deny, findAsked, findPrompt } from '../../drivers/prompt.ts';
import { signIn } from '../../drivers/sign-in.ts';
import { createCertificate } from '../../drivers/tls.ts';

/** How a page's call ended: what a page may see of it, and nothing else. */
export type Outcome = { token: Token } | { code: string; message: string; retryable: boolean };

/** What a prompt showed when it was answered. */
interface Shown {
  stage: string;
  added: string[];
  held: string[];
  text: string;
}

/** A web page on one of the lab's sites, with the page SDK. */
export class WebClient {
  readonly page: Page;
  private readonly resource: string;

  constructor(page: Page, resource: string) {
    this.page = page;
    this.resource = resource;
  }

  /** Calls `getToken` as the page's own script would. */
  getToken(params: Partial<TokenParams> = {}): Promise<Outcome> {
    return this.page.evaluate(
      async (asked) => {
        const { sdk } = globalThis as unknown as PageGlobals;
        try {
          return { token: await sdk.broker.getToken(asked) };
        } catch (error) {
          const { code, message, retryable } = error as Extract<Outcome, { code: string }>;
          return { code, message, retryable };
        }
      },
      { resource: this.resource, ...params },
    );
  }

  /** So many calls at once; resolves how they ended. */
  getTokens(count: number): Promise<Outcome[]> {
    return Promise.all(Array.from({ length: count }, () => this.getToken()));
  }

  /** Connects the official client with `{ fetch: broker.fetch }`; resolves the names of the tools, or an error. */
  connect(transport: 'http' | 'sse' = 'http', url = this.resource): Promise<string[] | string> {
    return this.page.evaluate(
      async (kind, address) => {
        const globals = globalThis as unknown as PageGlobals;
        const { Client, SSEClientTransport, StreamableHTTPClientTransport } = globals.grantkeeper;
        const Transport = kind === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
        const { fetch } = globals.sdk.broker;
        const client = new Client({ name: 'end-to-end', version: '1' });
        try {
          await client.connect(new Transport(new URL(address), { fetch }));
          globals.client = client;
          return (await client.listTools()).tools.map((tool) => tool.name);
        } catch (error) {
          return String(error);
        }
      },
      transport,
      url,
    );
  }

  /** Calls a tool through the official client; resolves its text, or the error's. */
  call(name: string, args: Record<string, unknown> = {}): Promise<string> {
    return this.page.evaluate(
      async (tool, parameters) => {
        const { client } = globalThis as unknown as PageGlobals;
        try {
          return JSON.stringify(await client.callTool({ name: tool, arguments: parameters }));
        } catch (error) {
          return `Error: ${String(error)}`;
        }
      },
      name,
      args,
    );
  }

  /** The events that the broker has told this page. */
  events(): Promise<{ type: string; resource: string; scopes: string[] }[]> {
    return this.page.evaluate(() => (globalThis as unknown as PageGlobals).sdk.events);
  }
}

/** What the bare page holds once {@link Stage.visit} has set it up. */
interface PageGlobals {
  grantkeeper: BarePage;
  client: InstanceType<BarePage['Client']>;
  sdk: {
    broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>>;
    events: { type: string; resource: string; scopes: string[] }[];
  };
}

/** The running stage. */
export interface Stage {
  lab: Lab;
  browser: Driver;
  /** The package that is tested. */
  target: 'chrome' | 'firefox';
  /** The folder that was loaded. */
  extension: string;
  /** Opens a site and finds the broker there. */
  visit(site: 'siteA' | 'siteB'): Promise<WebClient>;
  /** Waits for the prompt to show this question, reads it, and allows or denies it. */
  answer(stage: PromptSnapshot['stage'], decision: 'allow' | 'deny'): Promise<Shown>;
  /** Does what an authorization server asks, until its window closes. Default: the lab's own. */
  signIn(issuer?: string): Promise<void>;
  /** A first connection: every question allowed, then the sign-in. */
  approve(): Promise<Shown>;
  /** Kills the whole browser with SIGKILL and starts it again with the same profile. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** How a stage is opened. */
export interface StageOptions extends LabOptions {
  /** Default: Chromium. */
  browser?: BrowserName;
  /** Over TLS on test hosts, instead of http on loopback: then nothing rests on the loopback exception. */
  https?: boolean;
  /** False leaves Chromium's worker alone, so that it idles out as it does for a user. Default true. */
  watchWorker?: boolean;
  /** Folder of the unpacked extension. Default: the store package, Chrome's with the development key. */
  extension?: string;
  /** Profile folder, kept on close: what {@link Stage.crash} starts again with. */
  profile?: string;
}

/** Opens a stage. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { target, open, redirectHost } = BUILDS[options.browser ?? 'chromium'];
  const tls = options.https ? await createCertificate(Object.values(TLS_HOSTS)) : undefined;
  const extensionRedirectHosts = [redirectHost];
  const lab = await startLab({ extensionRedirectHosts, ...options, ...(tls && { tls }) });
  const extension = options.extension ?? unpack(target);
  const hosts = tls && { tlsPort: lab.tlsPort ?? 0, spki: tls.spki };
  const start = async (): Promise<Driver> => {
    const { profile, watchWorker = true } = options;
    const browser = await open({ extension, hosts, watchWorker, ...(profile && { profile }) });
    await browser.preApproveHostAccess(
      options.https ? ['https://as.test/*', 'https://mcp.test/*'] : ['http://127.0.0.1/*'],
    );
    return browser;
  };

  const stage: Stage = {
    lab,
    browser: await start(),
    target,
    extension,
    visit: (site) => visit(stage.browser, lab, site),
    answer: (question, decision) => answer(stage.browser, question, decision),
    signIn: (issuer = lab.authorizationServer.issuer) => signIn(stage.browser, issuer),
    approve: async () => {
      if ((await findAsked(stage.browser, 'reach', 'allow')) === 'reach') {
        await stage.answer('reach', 'allow');
      }
      const shown = await stage.answer('allow', 'allow');
      await stage.signIn();
      return shown;
    },
    crash: async () => {
      const running = stage.browser.browser.process();
      if (running?.pid === undefined) throw new Error('The browser does not run');
      const ended = new Promise((resolve) => running.once('exit', resolve));
      // Every process of it at once: none is left that could write what another has not.
      process.kill(-running.pid, 'SIGKILL');
      await ended;
      // What the driver holds beside the browser.
      await stage.browser.close();
      stage.browser = await start();
    },
    close: async () => {
      await stage.browser.close();
      await lab.close();
    },
  };
  return stage;
}

async function visit(browser: Driver, lab: Lab, site: 'siteA' | 'siteB'): Promise<WebClient> {
  const page = await browser.page(`${lab[site].origin}/bare`);
  return webClientOn(page, lab.mcpServer.url);
}

/** Finds the broker from a bare page that was opened, wherever it stands. */
export async function webClientOn(page: Page, resource: string): Promise<WebClient> {
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
  // The browser has only started, on a machine that may be busy: slower than the SDK waits for by itself.
  const found = await page.evaluate(async (patience) => {
    const globals = globalThis as unknown as PageGlobals;
    const broker = await globals.grantkeeper.findBroker({ timeout: patience });
    if (!broker) return false;
    globals.sdk = { broker, events: [] };
    for (const type of ['grantchange', 'revoked'] as const) {
      broker.addEventListener(type, ({ resource, scopes }) => {
        globals.sdk.events.push({ type, resource, scopes: [...scopes] });
      });
    }
    return true;
  }, PATIENCE_MS);
  if (!found) throw new Error(`No broker answers at ${page.url()}`);
  return new WebClient(page, resource);
}

async function answer(
  browser: Driver,
  stage: PromptSnapshot['stage'],
  decision: 'allow' | 'deny',
): Promise<Shown> {
  const prompt = await findPrompt(browser, stage);
  const shown = await prompt.evaluate(() => {
    const scopes = (list: string) =>
      [...document.querySelectorAll(`${list} code`)].map(({ textContent }) => textContent);
    return {
      added: scopes('#scopes-new'),
      held: scopes('#scopes-held'),
      text: document.body.innerText,
    };
  });
  await (decision === 'allow' ? allow : deny)(prompt);
  return { stage, ...shown };
}
