/** E-BOMB: ask, take back, ask again, at any address, from any name: how many windows that opens (T-13, Z39). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../flow/calls.ts';
import { insufficientScope } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { MCP, openPage, openPaper, SITE, type Paper } from './paper.ts';

const CALLS = isFullForm ? 1000 : 150;
const MINUTE = 60_000;

let paper: Paper;
beforeEach(async () => {
  paper = await openPaper();
  paper.world.answer = () => 'ignore';
});
afterEach(() => paper.world.close());

/** Asks, and takes it back, or leaves, as soon as its question is there. */
async function askAndTakeBack(params = {}, { origin = SITE, leaves = false } = {}) {
  const { world } = paper;
  // As fast as the door admits a call and its cancel: beyond that it closes the port (Z44).
  world.elapsed += 45;
  const abort = new AbortController();
  const ended: unknown[] = [];
  const call = world
    .getToken(params, { origin, signal: abort.signal })
    .catch(codeOf)
    .then((code) => ended.push(code));
  const isOver = () => ended.length > 0;
  const questions = () => world.life.flows.consent.pending().length;
  await until(() => isOver() || questions() > 0);
  // A question that gets no window is given a while in which it could have come.
  for (let i = 0; i < 10 && !isOver() && world.openPrompts === 0; i += 1) await aMoment();
  if (leaves) world.pageOf(origin).leave();
  else abort.abort();
  await call;
  await until(() => questions() === 0 && world.openPrompts === 0);
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 2));

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i += 1) await aMoment();
  expect(condition()).toBe(true);
}

describe('a page that asks and takes it back', () => {
  it('gets one window for a thousand calls about one server (E-BOMB, T-13)', async () => {
    for (let i = 0; i < CALLS; i += 1) await askAndTakeBack();
    expect(paper.windows()).toBe(1);
    reportBar('E-BOMB one server', { calls: CALLS, windows: paper.windows() });
  });

  it('gets one window by the page door, with a cancel and a new path each time (E-BOMB)', async () => {
    const page = openPage(paper);
    const calls = 60;
    for (let i = 0; i < calls; i += 1) {
      const { answer, cancel } = page.ask({ resource: `${MCP}/${i}` });
      const isAsked = () => paper.world.openPrompts > 0;
      await Promise.race([answer, expect.poll(isAsked).toBe(true)]);
      cancel();
      await answer;
    }
    expect(paper.windows()).toBe(1);
    reportBar('E-BOMB by the door', { calls, windows: paper.windows() });
  });

  it('gets three windows in ten minutes, whatever it asks about (E-BOMB, Z39)', async () => {
    for (let i = 0; i < CALLS; i += 1) {
      // One provider for all, so that no limit of hosts stands in before.
      await askAndTakeBack({ resource: `https://mcp${i}.example/mcp` });
      paper.world.elapsed += (9 * MINUTE) / CALLS;
    }
    expect(paper.windows()).toBe(3);
    reportBar('E-BOMB any server', { calls: CALLS, windows: paper.windows() });
    paper.world.elapsed += 2 * MINUTE;
    await askAndTakeBack({ resource: 'https://later.example/mcp' });
    expect(paper.windows()).toBe(4);
  });

  it('gets three windows by leaving and coming back, over any number of lives (Z39)', async () => {
    let [calls, lives] = [0, 1];
    for (; calls < 20; calls += 1) {
      await askAndTakeBack({}, { leaves: true });
      await paper.world.restart();
      lives += 1;
      paper.world.elapsed += 20_000;
    }
    expect(paper.windows()).toBe(3);
    let code: unknown;
    void paper.world.getToken().catch((error: unknown) => (code = codeOf(error)));
    await expect.poll(() => code).toBe('rate_limited');
    reportBar('E-BOMB reloads and restarts', { calls, lives, windows: paper.windows() });
  });

  it('has what is over its budget wait behind the badge, though it was asked for in time (Z39)', async () => {
    for (let i = 0; i < 2; i += 1) await askAndTakeBack({}, { leaves: true });
    // Both are let begin: only two have been on the screen so far.
    const pages = new Map<string, ReturnType<typeof paper.world.openPage>>();
    for (const resource of [`${MCP}/a`, `${MCP}/b`]) {
      const page = paper.world.openPage(SITE);
      pages.set(resource, page);
      void page.call('getToken', { resource }).catch(codeOf);
    }
    await expect.poll(() => paper.world.openPrompts).toBe(1);
    await expect.poll(() => paper.world.life.flows.pending().length).toBe(2);
    const { asked } = paper.world.prompts.at(-1)!;
    pages.get(asked)!.leave();
    await expect.poll(() => paper.world.openPrompts).toBe(0);
    await aMoment();
    expect([paper.windows(), paper.world.life.flows.pending().length]).toEqual([3, 1]);
  });

  it('may ask again at once after a reload, since it took nothing back', async () => {
    await askAndTakeBack({}, { leaves: true });
    paper.world.answer = () => 'allow';
    await expect(paper.world.getToken({ scopes: ['a'] })).resolves.toHaveProperty('access_token');
  });

  it('is counted nothing that the user allows: one server after the other, as many as there are', async () => {
    paper.world.answer = () => 'allow';
    for (let i = 0; i < 12; i += 1) {
      const resource = `https://mcp${i}.example/mcp`;
      await paper.world.getToken({ resource, scopes: ['a'] });
    }
    expect(paper.windows()).toBe(12);
  });
});

describe('a connected page that asks for more and takes it back', () => {
  async function connect() {
    paper.world.answer = () => 'allow';
    const { access_token: rejected } = await paper.world.getToken({ scopes: ['read'] });
    paper.world.answer = () => 'ignore';
    // Far from the window of the connection.
    return { rejected, before: paper.windows() };
  }

  it('gets one window for one scope, from whichever tab (E-BOMB)', async () => {
    const { rejected, before } = await connect();
    paper.world.inFront = false;
    const challenge = insufficientScope('write');
    for (let i = 0; i < CALLS; i += 1) await askAndTakeBack({ challenge, rejected });
    expect(paper.windows() - before).toBe(1);
    reportBar('E-BOMB step-up', { calls: CALLS, windows: paper.windows() - before });
  });

  it('gets three windows for any number of scopes, and keeps its token (E-BOMB)', async () => {
    const { rejected, before } = await connect();
    for (let i = 0; i < CALLS; i += 1) {
      await askAndTakeBack({ challenge: insufficientScope(`s${i}`), rejected });
    }
    expect(paper.windows() - before).toBe(3);
    expect((await paper.world.getToken()).access_token).toBe(rejected);
    reportBar('E-BOMB any scope', { calls: CALLS, windows: paper.windows() - before });
  });
});

describe('sites without any grant', () => {
  it('get ten windows an hour together, and the badge alone after that (E-BOMB, Z39)', async () => {
    const names = 40;
    for (let i = 0; i < names; i += 1) {
      await askAndTakeBack({}, { origin: `https://a${i}.evil.example` });
      if (i % 7 === 0) await paper.world.restart();
    }
    const windows = paper.windows();
    expect(windows).toBe(10);
    void paper.world.getToken({}, { origin: 'https://honest.example' }).catch(codeOf);
    await expect.poll(() => paper.world.life.flows.pending().length).toBe(1);
    const [view] = paper.world.life.flows.pending();
    expect(paper.windows()).toBe(10);
    // Behind the badge it is one click away.
    expect(await paper.world.life.flows.review(view!.flow)).toBe(true);
    expect(paper.windows()).toBe(11);
    reportBar('E-BOMB many names', { names, windows });
  });

  it('take nothing from a site that is connected', async () => {
    paper.world.answer = () => 'allow';
    const { access_token: rejected } = await paper.world.getToken({ scopes: ['read'] });
    paper.world.answer = () => 'ignore';
    for (let i = 0; i < 12; i += 1) {
      await askAndTakeBack({}, { origin: `https://a${i}.evil.example` });
    }
    const before = paper.windows();
    await askAndTakeBack({ challenge: insufficientScope('write'), rejected });
    expect(paper.windows() - before).toBe(1);
  });
});
