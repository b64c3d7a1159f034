/**
 * The web page of a conformance run, at an origin of its own. The suite's servers send no CORS headers, so the page can
 * read nothing of them: whatever reaches its client, the background has carried (Z26, Z28).
 */
import type { Page } from 'puppeteer-core';
import { listen, LOOPBACK } from '../../demo/listen.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { createSite } from '../../demo/web-client/site.ts';
import { openPageAt } from '../interop/page-at.ts';

/** What came back to the page's client. */
export interface Answers {
  /** All that `broker.fetch` gave it. */
  all: number;
  /** Those of them that the page's own fetch had read: before the site holds anything, a page may (Z28). */
  own: number;
  /** Requests of the page's own fetch that had a credential with them: nothing is carried then. */
  withToken: number;
}

/** A page of a site, until it is closed. */
export interface Visit {
  /** What it was given so far. */
  answers(): Promise<Answers>;
  /** Ends the site. */
  close(): Promise<void>;
}

/**
 * Opens the page, with the page SDK and the official client in it; it is a client of the server at `mcpUrl`.
 * @param isAtServer the page is at the server's own origin, where it can read a refusal
 */
export async function visit(mcpUrl: string, page: Page, isAtServer: boolean): Promise<Visit> {
  const site = await listen(createSite({ name: 'Conformance', mcpUrl }));
  // Where this runs under tsx, functions that go into the page call it for their names.
  await page.evaluateOnNewDocument('globalThis.__name = (named) => named');
  await page.evaluateOnNewDocument(() => {
    const answers = { all: 0, own: 0, withToken: 0 };
    const native = globalThis.fetch;
    // The page SDK takes what it finds here for the page's own.
    const counted: typeof fetch = async (input, init) => {
      if (new Request(input, init).headers.has('authorization')) answers.withToken += 1;
      const answer = await native(input, init);
      if (answer.ok) answers.own += 1;
      return answer;
    };
    Object.assign(globalThis, { answers, fetch: counted });
  });
  if (isAtServer) await openPageAt(mcpUrl, page);
  else await page.goto(`http://${LOOPBACK}:${site.address.port}/bare`);
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
  return {
    answers: () => page.evaluate(() => (globalThis as unknown as World).answers),
    close: () => site.close(),
  };
}

/** What the page is told to do, as the suite's client command of another client would be. */
export interface Task {
  url: string;
  /** At revision 2026-07-28. */
  isStateless: boolean;
  /** What to call; absent: `test-tool`. */
  calls: readonly Call[];
}

/** One use of the server. */
export type Call =
  | { tool: string; arguments?: Record<string, unknown>; mayFail?: true }
  | { read: string }
  | { prompt: string }
  | { list: 'resources' | 'prompts' }
  /** Every tool that the client shows, with a word for each of its parameters. */
  | 'each tool'
  | Call[];

/** What the page's scripts share. */
interface World {
  grantkeeper: BarePage;
  answers: Answers;
}

/** Connects, lists the tools and makes the calls, those of an inner list at once. Resolves the error. */
export function useServer(page: Page, task: Task): Promise<string | null> {
  return page.evaluate(async ({ url, isStateless, calls }) => {
    const { grantkeeper, answers } = globalThis as unknown as World;
    try {
      const broker = await grantkeeper.findBroker();
      if (!broker) return 'The page finds no broker';
      const client = new grantkeeper.Client(
        { name: 'grantkeeper-conformance', version: '1.0.0' },
        {
          capabilities: { elicitation: {} },
          ...(isStateless && { versionNegotiation: { mode: 'auto' } }),
        },
      );
      client.setRequestHandler('elicitation/create', () => ({
        action: 'accept',
        content: { confirmed: true },
      }));
      const underWay: Promise<Response>[] = [];
      const counted: typeof fetch = async (...asked) => {
        const asking = broker.fetch(...asked);
        underWay.push(asking);
        const answer = await asking;
        if (answer.ok) answers.all += 1;
        return answer;
      };
      const transport = new grantkeeper.StreamableHTTPClientTransport(new URL(url), {
        fetch: counted,
      });
      await client.connect(transport);
      const { tools } = await client.listTools();
      // In a browser the official client mirrors no parameter, for the sake of CORS. What is carried needs none.
      const mirror = (tool: string, given: Record<string, unknown>): Record<string, string> => {
        const { properties = {} } = tools.find(({ name }) => name === tool)?.inputSchema ?? {};
        const headers: Record<string, string> = {};
        for (const [name, schema] of Object.entries(properties)) {
          const header = (schema as Record<string, unknown>)['x-mcp-header'];
          const value = given[name];
          if (!isStateless || typeof header !== 'string' || value === undefined || value === null) {
            continue;
          }
          const text = String(value as string | number | boolean);
          const isPlain = /^[\x20-\x7e]*$/.test(text) && text === text.trim();
          const bytes = String.fromCharCode(...new TextEncoder().encode(text));
          headers[`Mcp-Param-${header}`] = isPlain ? text : `=?base64?${btoa(bytes)}?=`;
        }
        return headers;
      };
      const make = async (call: Call): Promise<unknown> => {
        if (call === 'each tool') {
          for (const { name, inputSchema } of tools) {
            const names = Object.keys(inputSchema.properties ?? {});
            const words = Object.fromEntries(names.map((one) => [one, 'word']));
            await client.callTool({ name, arguments: words });
          }
          return undefined;
        }
        if (Array.isArray(call)) return Promise.all(call.map(make));
        if ('tool' in call) {
          const { tool: name, arguments: given = {}, mayFail } = call;
          const called = client.callTool(
            { name, arguments: given },
            { headers: mirror(name, given) },
          );
          return mayFail ? called.catch(() => undefined) : called;
        }
        if ('read' in call) return client.readResource({ uri: call.read });
        if ('prompt' in call) return client.getPrompt({ name: call.prompt });
        return call.list === 'prompts' ? client.listPrompts() : client.listResources();
      };
      // The client opens its event stream beside all this. On a busy machine a call could be there first, and have its
      // answer on that stream.
      await Promise.allSettled(underWay);
      for (const call of calls) await make(call);
      await client.close();
      return null;
    } catch (error) {
      return String(error);
    }
  }, task);
}
