/**
 * Plays one scenario through the built extension: a fresh Chromium, a page that uses the official client, and a
 * user who answers our prompts. What the suite's client command gets is only whether the page's calls succeeded.
 */
import { openChromium, type Chromium } from '../../drivers/chromium.ts';
import { unpack } from '../support/packaged.ts';
import { useServer, visit, type Answers, type Visit } from './page.ts';
import { callsOf, isReadable } from './scenarios.ts';
import { answerPrompts, findPrompt, tell } from './user.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

/** What the suite tells the client command. */
export interface Assignment {
  url: string;
  scenario: string;
  version: string;
  context: { client_id?: string; client_secret?: string; toolCalls?: ToolCall[] };
}

/** A call that the suite wants made. */
interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** How it went, seen from the browser. */
export interface Play {
  /** The error that the page's calls ended with, or null. */
  error: string | null;
  /** Prompts that were answered by a click. */
  clicks: number;
  /** What came back to the page's client; absent where no page took part. */
  answers?: Answers;
  /** What our own window says at the end, when it is still open: after a failure, why. */
  told: string | null;
  /** What the extension logged or failed at. */
  faults: readonly string[];
}

/** The client id metadata document that the suite expects; it is fetched by nobody (RFC draft, suite's constant). */
const CLIENT_DOCUMENT = 'https://conformance-test.local/client-metadata.json';

/** Scenarios in which the authorization server must be known by that document, not by a registration. */
const WITH_DOCUMENT = ['auth/basic-cimd'];

/** The whole of a scenario; milliseconds. */
const LIMIT_MS = 60_000;

/** Plays a scenario; `decision` is what the user answers to every prompt. */
export async function play(assignment: Assignment, decision: 'allow' | 'deny'): Promise<Play> {
  const browser = await openChromium({ extension: unpack('chrome') });
  const limit = setTimeout(() => void browser.close(), LIMIT_MS);
  let site: Visit | undefined;
  try {
    await browser.preApproveHostAccess(['http://localhost/*']);
    if (WITH_DOCUMENT.includes(assignment.scenario)) await useDocument(browser);
    const page = await browser.browser.newPage();
    site = await visit(assignment.url, page, isReadable(assignment));
    const user = answerPrompts(browser, { decision, ...assignment.context });
    const error = await useServer(page, {
      url: assignment.url,
      isStateless: assignment.version === '2026-07-28',
      calls: callsOf(assignment),
    });
    const clicks = await user.stop();
    const answers = await site.answers();
    const told = await (await findPrompt(browser))?.$eval('body', (body) => body.innerText);
    return { error, clicks, answers, told: told ?? null, faults: [...browser.faults] };
  } finally {
    clearTimeout(limit);
    await browser.close();
    await site?.close();
  }
}

/** As in the settings page, for a document that cannot be read from here. */
async function useDocument(browser: Chromium): Promise<void> {
  const page = await browser.extensionPage(DOCUMENTS.popup);
  await tell(page, 'configure', { clientDocument: { url: CLIENT_DOCUMENT, trusted: true } });
  await page.close();
}
