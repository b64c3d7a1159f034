/**
 * E-NAV: a page asks and leaves, at six moments and in four ways. Nobody is asked for it afterwards, nothing is sent,
 * and what it held is given back. Through the page door, at servers that exist on paper only.
 */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../../src/shared/errors.ts';
import { codeOf } from '../../flow/calls.ts';
import type { WorldPage } from '../../flow/page.ts';
import { World, type Servers } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';

const EVIL = 'https://evil.example';
const BANK = 'https://bank.example';
const MCP = 'https://mcp.example/mcp';
const AS = 'https://as.example';
const PAPER: Servers = {
  siteA: { origin: EVIL },
  mcpServer: { url: MCP },
  close: () => Promise.resolve(),
};
const DOCUMENTS: Record<string, object> = {
  'https://mcp.example/.well-known/oauth-protected-resource/mcp': {
    resource: MCP,
    authorization_servers: [AS],
  },
  'https://as.example/.well-known/oauth-authorization-server': {
    issuer: AS,
    authorization_endpoint: `${AS}/authorize`,
    token_endpoint: `${AS}/token`,
    registration_endpoint: `${AS}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
  },
};

let world: World<Servers>;
let page: WorldPage;
let abort: AbortController;
/** Requests, and windows that were opened, by whether the page was there. */
let sent: string[];
let opened: boolean[];
const counts = { cases: 0, windowsOverOthers: 0, windowsLeft: 0, placesHeld: 0, requests: 0 };

/** Where something stops until it is let go. */
function gate() {
  let letGo: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (letGo = resolve));
  const state = { isReached: false };
  const stop = () => {
    state.isReached = true;
    return open;
  };
  return { state, stop, letGo: () => letGo() };
}

beforeEach(async () => {
  world = await World.beside(PAPER);
  page = world.openPage();
  [abort, sent, opened] = [new AbortController(), [], []];
  world.answer = () => 'ignore';
  world.ports.http = (url) => {
    sent.push(url);
    const found = DOCUMENTS[url];
    return Promise.resolve(found ? Response.json(found) : new Response('{}', { status: 404 }));
  };
  const { promptWindow } = world.ports;
  world.ports.promptWindow = {
    ...promptWindow,
    open: (flow) => {
      opened.push(isWaiting());
      return promptWindow.open(flow);
    },
  };
});
afterEach(() => world.close());
afterAll(() => {
  reportBar('E-NAV', counts);
});

const isWaiting = () => page.isThere && !abort.signal.aborted;

/** The moments: what stops there, and until when. */
const MOMENTS: Record<string, () => { isReached: () => boolean; letGo: () => void }> = {
  'its call is received': () => {
    const { state, stop, letGo } = gate();
    const { findRefusals } = world.ports.store;
    world.ports.store.findRefusals = async (origin) => {
      if (origin === EVIL) await stop();
      return findRefusals(origin);
    };
    return { isReached: () => state.isReached, letGo };
  },
  'metadata is under way': () => stopRequests(() => true),
  'the question is about to open': () => {
    const { state, stop, letGo } = gate();
    const { saveFlow } = world.ports.store;
    world.ports.store.saveFlow = async (flow) => {
      if (flow.stage === 'deciding' && flow.origin === EVIL) await stop();
      return saveFlow(flow);
    };
    return { isReached: () => state.isReached, letGo };
  },
  'the window is being created': () => {
    const { state, stop, letGo } = gate();
    const { promptWindow } = world.ports;
    world.ports.promptWindow = {
      ...promptWindow,
      open: async (flow) => {
        const window = await promptWindow.open(flow);
        if (!state.isReached) await stop();
        return window;
      },
    };
    return { isReached: () => state.isReached, letGo };
  },
  'the question is open': () => ({
    isReached: () => world.prompts.length === 1,
    letGo: () => undefined,
  }),
  'the second question is to come': () => {
    world.hostAccess = () => world.prompts.length > 0;
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      world.prompts.length > 0
        ? http(url, init, limits)
        : Promise.reject(new BrokerError('network_error'));
    return stopRequests(() => world.prompts.length > 0);
  },
  'its first window is answered before the browser has told its number': () => {
    const window = MOMENTS['the window is being created']!();
    const second = MOMENTS['the second question is to come']!();
    return {
      isReached: () => window.isReached() && second.isReached(),
      letGo: () => {
        window.letGo();
        second.letGo();
      },
    };
  },
};

function stopRequests(applies: () => boolean) {
  const { state, stop, letGo } = gate();
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) => {
    if (applies() && !state.isReached) await stop();
    return http(url, init, limits);
  };
  return { isReached: () => state.isReached, letGo };
}

const WAYS: Record<string, () => void> = {
  'goes to another site': () => {
    page.leave();
    world.openPage(BANK, page.caller.tabId);
  },
  'is closed with its tab': () => {
    page.leave();
    world.inFront = false;
  },
  'withdraws its call': () => {
    abort.abort();
  },
  'is kept by the browser and comes back': () => {
    page.leave();
    const bank = world.openPage(BANK, page.caller.tabId);
    setTimeout(() => {
      bank.leave();
      world.bringBack(page);
    }, 20);
  },
};

const CASES = Object.keys(MOMENTS).flatMap((moment) =>
  Object.keys(WAYS).map((way) => [way, moment] as const),
);

describe('a page that asks', () => {
  it.each(CASES)('and %s while %s leaves nothing behind (T-06, Z40)', async (way, moment) => {
    const { isReached, letGo } = MOMENTS[moment]!();
    const call = page.call('getToken', { resource: MCP }, abort.signal).catch(codeOf);
    await expect.poll(isReached).toBe(true);
    const [before, windows] = [sent.length, opened.length];
    WAYS[way]!();
    // The place is given back at once, however long a server or the disk takes.
    if (moment !== 'the question is about to open') {
      await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
    }
    letGo();
    expect(await call).toBe('aborted');
    await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
    await expect.poll(() => world.openPrompts).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(opened.slice(windows)).toEqual([]);
    expect(world.openPrompts).toBe(0);
    expect(world.life.flows.pending()).toEqual([]);
    // The request that was stopped goes out when it is let go; none has begun since.
    const stopped = /metadata|second question|answered/.test(moment);
    expect(sent.length - before).toBe(stopped ? 1 : 0);
    counts.cases += 1;
    counts.requests += sent.length - before - (stopped ? 1 : 0);
    counts.windowsOverOthers += opened.slice(windows).length;
    counts.windowsLeft += world.openPrompts;
    counts.placesHeld += (await world.ports.store.listFlows()).length;
  });
});
