/**
 * Grantkeeper before one server: the page SDK on a connection to the page door, and behind it the broker as
 * test/flow/world.ts composes it. The person allows everything, and closes a sign-in page that leads nowhere.
 */
import { createBroker, type Broker as PageBroker } from '../../src/client/broker.ts';
import type { Channel } from '../../src/client/channel.ts';
import { Connection } from '../../src/client/connection.ts';
import { GrantkeeperError } from '../../src/client/errors.ts';
import type { PagePort } from '../../src/background/ports/ports.ts';
import { BrokerError } from '../../src/shared/errors.ts';
import type { BrokerInfo, BrokerMessage } from '../../src/shared/page-contract.ts';
import type { Failure, PromptSnapshot } from '../../src/shared/prompt.ts';
import { agreeing, World, type Answer, type Servers } from '../flow/world.ts';
import { BY_HAND, type WildServer } from './server.ts';
import type { Wire } from './wire.ts';

/** The page's origin: a server on this computer is for pages of this computer only. */
const SITE = 'https://app.wild.example';
const LOCAL_SITE = 'http://localhost:3000';
/** The longest that the page door holds a failure back; milliseconds. */
const HELD_BACK = 2500;
const INFO: BrokerInfo = { name: 'Grantkeeper', version: '0.0.0', features: {}, held: [] };

/** Grantkeeper and the page in front of it. */
export class Ours {
  readonly server: WildServer;
  /** Sign-in windows that were opened. */
  windows = 0;
  /** What ended the broker's calls that were allowed to ask. */
  readonly failures: BrokerError[] = [];
  /** What the person answers; by default yes to everything, and the client that they have by hand. */
  answer: (snapshot: PromptSnapshot) => Answer = (snapshot) =>
    snapshot.stage === 'client'
      ? { decision: 'allow', client: { ...BY_HAND, authMethod: 'client_secret_post' } }
      : this.ticks && snapshot.missing
        ? { decision: 'allow', overrides: snapshot.missing }
        : agreeing(snapshot);
  /** Whether they tick what a question says is missing (Z53). */
  ticks = false;
  /** Whether the person closes the sign-in window instead of signing in. */
  closes = false;
  readonly world: World<Servers>;
  private readonly wire: Wire;
  private page: PageBroker;

  private constructor(wire: Wire, server: WildServer, world: World<Servers>) {
    this.wire = wire;
    this.server = server;
    this.world = world;
    world.answer = (snapshot) => this.answer(snapshot);
    const { ports } = world;
    ports.authWindow = { ...ports.authWindow, open: (url, opened) => this.signIn(url, opened) };
    // A failure is held back from the page for up to this long, which nobody here is served by.
    const { pause } = ports;
    ports.pause = (milliseconds) => pause(milliseconds <= HELD_BACK ? 0 : milliseconds);
    this.watch();
    this.page = this.openPage();
  }

  static async open(wire: Wire, server: WildServer): Promise<Ours> {
    const close = () => Promise.resolve();
    const origin = server.isLocal ? LOCAL_SITE : SITE;
    const servers = { siteA: { origin }, mcpServer: { url: server.url }, close };
    return new Ours(wire, server, await World.beside<Servers>(servers));
  }

  /** Enters the client that the person has by hand into the settings. */
  async enterClient(): Promise<void> {
    const issuer = String(this.server.metadata['issuer']);
    const { clientId } = BY_HAND;
    await this.world.own.saveClient({ issuer, clientId, authMethod: 'none' });
  }

  /** Questions that the person was asked. */
  get prompts(): number {
    return this.world.prompts.length;
  }

  /** Sets the clocks forward: the broker's, and the server's as well. The page keeps what it holds. */
  pass(milliseconds: number): void {
    this.world.elapsed += milliseconds;
    this.server.elapsed += milliseconds;
  }

  /** One call of the page to the MCP server; resolves the status that the page sees, or what it gets instead. */
  async call(options: { as?: PageBroker; method?: string } = {}): Promise<string> {
    const { as: page = this.page, method = 'ping' } = options;
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method });
    const accept = 'application/json, text/event-stream';
    const headers = { 'content-type': 'application/json', accept };
    return this.send({ method: 'POST', headers, body }, page);
  }

  /** In front of a failure: unticks scopes, tries again, and lets the page call. */
  async leaveOut(scopes: string[]): Promise<string> {
    const { own } = this.world;
    const failed = (await own.pending({})).find(({ step }) => step === 'failed');
    if (!failed) return 'nothing failed';
    await own.retry({ flow: failed.flow, leaveOut: scopes });
    // A page that was refused waits a while before it asks again.
    this.page = this.openPage();
    return this.call();
  }

  /** One request of the page to the MCP endpoint, whatever it is. */
  async send(init: RequestInit, page = this.page): Promise<string> {
    try {
      const response = await page.fetch(this.server.url, init);
      await response.body?.cancel();
      return String(response.status);
    } catch (error) {
      return error instanceof GrantkeeperError ? error.code : String(error);
    }
  }

  /** The page's own object of the broker. */
  get broker(): PageBroker {
    return this.page;
  }

  /** A page opened anew: it has been given no token yet. */
  openPage(): PageBroker {
    const connection = new Connection(() => Promise.resolve(this.openChannel()));
    return createBroker(connection, INFO, async () => undefined);
  }

  /** The worker stops and starts again; pages connect anew. */
  async restart(): Promise<void> {
    await this.world.restart();
    this.watch();
    this.page = this.openPage();
  }

  /** What the person is shown of a failure: the prompt's last page, or the row in the toolbar's popup. */
  async shown(): Promise<Failure | undefined> {
    const views = await this.world.own.pending({});
    return views.flatMap(({ failure }) => failure ?? []).at(-1);
  }

  /** Whether the popup says of the connection that the person has to sign in again. */
  async saysSignInAgain(): Promise<boolean> {
    const [grant] = await this.world.own.grants({});
    return grant !== undefined && grant.expiresAt === undefined;
  }

  /** Writes down what ends the calls that may ask; the page is told less. */
  private watch(): void {
    const { access } = this.world.life;
    const getToken = access.getToken.bind(access);
    access.getToken = async (caller, params, signal) => {
      try {
        return await getToken(caller, params, signal);
      } catch (error) {
        const asked = params.interactive !== false;
        if (asked && error instanceof BrokerError) this.failures.push(error);
        throw error;
      }
    };
  }

  private openChannel(): Channel {
    let toDoor: (message: unknown) => void = () => undefined;
    let leave = (): void => undefined;
    const channel: Channel = {
      post: (message) => {
        const copy = structuredClone(message);
        setImmediate(() => toDoor(copy));
      },
      onMessage: () => undefined,
      onClose: () => undefined,
      close: () => {
        leave();
      },
    };
    const port: PagePort = {
      post: (message: BrokerMessage) => {
        const copy = structuredClone(message);
        setImmediate(() => {
          channel.onMessage(copy);
        });
      },
      onMessage: (listener) => (toDoor = listener),
      onClosed: (listener) => (leave = listener),
      close: () => channel.onClose(),
    };
    this.world.life.pages.serve(port, { origin: this.world.lab.siteA.origin, tabId: 1 });
    return channel;
  }

  /** The sign-in window: follows where the provider leads until the redirect address, or closes what is shown. */
  private async signIn(url: string, opened: (window: number) => void): Promise<string> {
    this.windows += 1;
    opened(1000 + this.windows);
    const { host } = new URL(url);
    if (this.closes) throw new BrokerError('access_denied', { detail: { host } });
    const response = await this.wire.fetch(url, { redirect: 'manual' }).catch((cause: unknown) => {
      const detail = { host, reason: 'unreachable' } as const;
      throw new BrokerError('authorization_failed', { detail, cause });
    });
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (location === null) throw new BrokerError('access_denied', { detail: { host } });
    return new URL(location, url).href;
  }
}
