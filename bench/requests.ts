/** What the servers are asked: for a first connection, and when fifty calls come at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../demo/ledger.ts';
import type { Lab } from '../demo/lab.ts';
import type { GetTokenParams } from '../src/client/index.ts';
import type { Bed, BenchPage } from './bed.ts';
import { connectOfficially } from './official-client.ts';
import { atMost, exactly, type Row } from './table.ts';

/**
 * Protected resource metadata (RFC 9728), authorization server metadata (RFC 8414), registration (RFC 7591),
 * authorization request, token request (RFC 6749): a client that knows nothing can leave none of them out.
 */
export const LEAST = 5;

const CALLS = 50;
const TABS = 5;
/** Short enough to wait for. The broker hands a token of this age out, so it is one that expires in use; s. */
const SHORT_LIFE = 2;
/** Ample for fifty messages; ms. */
const HOLD_MS = 500;

/** Counts; both sites must be strangers to the server. */
export async function countRequests(bed: Bed): Promise<Row[]> {
  return [...(await countFirstConnection(bed)), ...(await countSimultaneous(bed))];
}

async function countFirstConnection({ lab, ...bed }: Bed): Promise<Row[]> {
  const page = await bed.page();
  const { resource, response, challenge } = await askWithoutToken(lab);
  const mark = lab.ledger.mark();
  await Promise.all([page.getTokens([{ resource, challenge }]), bed.approve(true)]);
  const ours = requestsSince(lab, mark);

  const official = async (remembering: boolean) => {
    const start = lab.ledger.mark();
    await connectOfficially(lab, response, { remembering });
    return requestsSince(lab, start);
  };
  const against = (count: number, who: string): Row => ({
    what: 'First connection, HTTP requests',
    measured: `${ours}`,
    against: `${who}: ${count}`,
    ratio: `${(ours / count).toFixed(2)}×`,
    must: atMost(ours / count, 1),
  });
  return [
    { ...against(LEAST, 'least the protocol allows'), must: exactly(ours, LEAST) },
    against(await official(false), '`auth()`, minimal provider'),
    against(await official(true), '`auth()`, with `discoveryState`'),
  ];
}

/** One site's life at a server, always asking so many times at once. */
async function countSimultaneous(bed: Bed): Promise<Row[]> {
  // Only a tab in front may ask for the first time, so the others come later.
  const first = await bed.page(1);
  const rows = await countConnecting(bed, first);
  const tabs = [first];
  while (tabs.length < TABS) tabs.push(await bed.page(1));
  rows.push(...(await countStepUp(bed, tabs)));
  rows.push(...(await countRefreshing(bed, tabs)));
  return rows;
}

async function countConnecting({ lab, approve }: Bed, page: BenchPage): Promise<Row[]> {
  const { resource, challenge } = await askWithoutToken(lab);
  const mark = lab.ledger.mark();
  await Promise.all([page.getTokens(distinct(CALLS, { resource, challenge })), approve(true)]);
  const states = lab.ledger.since(mark).states().length;
  return [mustBe('first connection: authorization requests (distinct `state`)', states)];
}

async function countStepUp({ lab, approve }: Bed, tabs: readonly BenchPage[]): Promise<Row[]> {
  const resource = lab.mcpServer.url;
  const rejected = await tabs[0]!.accessToken({ resource });
  const mark = lab.ledger.mark();
  const challenge = 'Bearer error="insufficient_scope", scope="notes:write"';
  const [failures] = await Promise.all([
    askInTabs(tabs, { resource, challenge, rejected }),
    approve(false),
  ]);
  const { authorizations, refreshes } = lab.ledger.since(mark).cost();
  return [
    mustBe('step-up: calls that get a token', CALLS - failures.length, CALLS),
    mustBe('step-up: authorization requests (distinct `state`)', authorizations),
    mustBe('step-up: refresh POSTs', refreshes, 0),
  ];
}

async function countRefreshing({ lab }: Bed, tabs: readonly BenchPage[]): Promise<Row[]> {
  const { resource, challenge } = await askWithoutToken(lab);
  await expireToken(lab, tabs[0]!, resource);
  const mark = lab.ledger.mark();
  // The answer is held back until all have asked, or the last would find a token that is fresh again.
  const hold = lab.authorizationServer.holdTokenResponses();
  const release = async () => {
    await hold.reached;
    await sleep(HOLD_MS);
    hold.release();
  };
  const [failures] = await Promise.all([
    askInTabs(tabs, { resource, challenge, interactive: false }),
    release(),
  ]);
  lab.authorizationServer.releaseTokenResponses();
  return [
    mustBe('token expired: calls that get a token', CALLS - failures.length, CALLS),
    mustBe('token expired: refresh POSTs', lab.ledger.since(mark).cost().refreshes),
    mustBe('token expired: requests of any kind', requestsSince(lab, mark)),
  ];
}

function mustBe(what: string, count: number, wanted = 1): Row {
  return {
    what: `${CALLS} × \`getToken\` at once, ${what}`,
    measured: `${count}`,
    must: exactly(count, wanted),
  };
}

/** What a page's first request is answered. */
export async function askWithoutToken({ mcpServer }: Lab) {
  const response = await fetch(mcpServer.url, { method: 'POST' });
  const challenge = response.headers.get('www-authenticate') ?? '';
  return { resource: mcpServer.url, response, challenge };
}

/** All but what the user's browser loads between authorization request and redirect. */
export function requestsSince({ ledger }: Lab, mark: number): number {
  const isNavigation = ({ path }: LedgerEntry) => /^\/(interaction|auth)\//.test(path);
  return ledger.since(mark).entries.filter((entry) => !isNavigation(entry)).length;
}

/** The page SDK joins equal calls before they reach the broker; these differ in nothing that matters. */
function distinct(count: number, params: GetTokenParams, from = 0): GetTokenParams[] {
  return Array.from({ length: count }, (_, i) => ({
    ...params,
    challenge: `${params.challenge}, realm="call ${from + i}"`,
  }));
}

/** Spreads the calls over the tabs; resolves the codes of those that got no token. */
async function askInTabs(tabs: readonly BenchPage[], params: GetTokenParams): Promise<string[]> {
  const each = CALLS / tabs.length;
  const asked = tabs.map((tab, i) => tab.failures(distinct(each, params, i * each)));
  return (await Promise.all(asked)).flat();
}

/** The next token lives two seconds; the server renews it because the page says that it was rejected. */
async function expireToken({ authorizationServer }: Lab, page: BenchPage, resource: string) {
  authorizationServer.setAccessTokenSeconds(SHORT_LIFE);
  await page.accessToken({ resource, rejected: await page.accessToken({ resource }) });
  await sleep(SHORT_LIFE * 1000 + 500);
  authorizationServer.setAccessTokenSeconds(3600);
}
