/** Firefox's own privileged scope over WebDriver BiDi: the part of it that puppeteer has no public words for. */
import type { Browser, Page } from 'puppeteer-core';

/** What puppeteer keeps to itself. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ result: unknown }>;
  on(event: 'script.message', listener: (message: ScriptMessage) => void): void;
}

interface ScriptMessage {
  channel: string;
  data: { value?: unknown };
}

interface ContextTree {
  contexts: { context: string }[];
}

interface Evaluation {
  type: string;
  result: { value: unknown };
  exceptionDetails?: { text: string };
}

const CHANNEL = 'grantkeeper-watch';

/** The browser's privileged scope, in which the add-on `id` can be looked at and stopped. */
export class FirefoxScope {
  private readonly connection: BidiConnection;
  private readonly id: string;

  constructor(browser: Browser, id: string) {
    this.connection = (browser as unknown as { connection: BidiConnection }).connection;
    this.id = id;
  }

  /** `running`, `starting`, `suspending` or `stopped`. */
  backgroundState(): Promise<unknown> {
    return this.call(`(id) => WebExtensionPolicy.getByID(id).extension.backgroundState`);
  }

  /** Whether a tab or window is still there. */
  async isOpen(page: Page): Promise<boolean> {
    const tree = (await this.connection.send('browsingContext.getTree', {})).result;
    const { _id: id } = page.mainFrame() as unknown as { _id: string };
    return (tree as ContextTree).contexts.some(({ context }) => context === id);
  }

  /** Whether the add-on may contact the hosts of a match pattern now. */
  async holdsHostAccess(pattern: string): Promise<boolean> {
    const held = `(id, pattern) => WebExtensionPolicy.getByID(id).allowedOrigins
      .subsumes(new MatchPattern(pattern))`;
    return (await this.call(held, [{ type: 'string', value: pattern }])) === true;
  }

  /** Ends the event page as if it had been idle, whatever it is doing. */
  async terminateBackground(): Promise<void> {
    await this.call(`(id) => WebExtensionPolicy.getByID(id).extension
      .terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true })`);
  }

  /** `undefined` is what the system has. */
  async setColorScheme(scheme: 'dark' | 'light' | undefined): Promise<void> {
    const value = { dark: 0, light: 1, system: 2 }[scheme ?? 'system'];
    const set = `(id, value) =>
      Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', value)`;
    await this.call(set, [{ type: 'number', value }]);
  }

  /**
   * Calls `opened` with the URL of every document of the add-on, and `fault` with every console call,
   * uncaught error, unhandled rejection and policy violation of it, the background's included.
   */
  async watch(opened: (url: string) => void, fault: (text: string) => void): Promise<void> {
    this.connection.on('script.message', ({ channel, data }) => {
      if (channel !== CHANNEL) return;
      const text = String(data.value);
      if (text.startsWith('opened ')) opened(text.slice('opened '.length));
      else fault(text.slice('fault '.length));
    });
    await this.call(WATCH, [{ type: 'channel', value: { channel: CHANNEL, ownership: 'none' } }]);
  }

  private async call(functionDeclaration: string, more: object[] = []): Promise<unknown> {
    const scope = { 'moz:scope': 'chrome' };
    const tree = (await this.connection.send('browsingContext.getTree', scope)).result;
    const { contexts } = tree as ContextTree;
    const parameters = {
      functionDeclaration,
      arguments: [{ type: 'string', value: this.id }, ...more],
      target: { context: contexts[0]?.context },
      awaitPromise: true,
    };
    const { result } = await this.connection.send('script.callFunction', parameters);
    const answer = result as Evaluation;
    if (answer.type !== 'success') throw new Error(answer.exceptionDetails?.text);
    return answer.result.value;
  }
}

/**
 * Runs in the browser. Errors of every process arrive in the parent's console service; console calls stay in the
 * process of extensions, where a script listens for them.
 */
const WATCH = `(id, tell) => {
  const policy = WebExtensionPolicy.getByID(id);
  const origin = 'moz-extension://' + policy.mozExtensionHostname + '/';
  policy.extension.on('extension-proxy-context-load', (_name, { uri, viewType }) => {
    if (viewType === 'tab' || viewType === 'popup') tell('opened ' + uri.spec);
  });
  // Failed requests are left out: a broker meets 401, 404 and CORS by profession. So is what Firefox says of
  // any window that is closed while an answer is on its way to it, as a prompt is once it has been decided.
  const isNoFault = ({ category, errorMessage }) =>
    category.startsWith('CORS') || errorMessage.startsWith('Promise rejected after context unloaded: ');
  Services.console.registerListener({
    observe(message) {
      if (!(message instanceof Ci.nsIScriptError) || !message.sourceName.startsWith(origin)) return;
      if (!isNoFault(message)) tell('fault ' + message.sourceName + ': ' + message.errorMessage);
    },
  });
  const listen = (name, prefix) => {
    if (Services.appinfo.remoteType !== 'extension') return;
    const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const everybody = Cc['@mozilla.org/systemprincipal;1'].createInstance(Ci.nsIPrincipal);
    storage.addLogEventListener(({ wrappedJSObject: said }) => {
      if (!said.filename.startsWith(prefix)) return;
      const words = Array.from(said.arguments, String).join(' ');
      Services.cpmm.sendAsyncMessage(name, said.filename + ': console.' + said.level + ': ' + words);
    }, everybody);
  };
  const name = 'grantkeeper:console';
  Services.ppmm.addMessageListener(name, ({ data }) => tell('fault ' + data));
  const script = '(' + listen + ')(' + JSON.stringify(name) + ',' + JSON.stringify(origin) + ')';
  Services.ppmm.loadProcessScript('data:application/javascript,' + encodeURIComponent(script), true);
}`;
