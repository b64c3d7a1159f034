/** How long the toolbar popup takes to show what is there, with few grants and with very many. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chromium } from '../drivers/chromium.ts';
import type { Bed } from './bed.ts';
import { fillStore } from './clone-grants.ts';
import { compare, summarise } from './statistics.ts';
import { milliseconds, times, type Row } from './table.ts';
import { DOCUMENTS } from '../src/shared/documents.ts';

const FEW = 10;
const MANY = 10_000;
/** Both sizes are measured in so many turns, so that a slow minute of the machine meets both. */
const TURNS = 4;
const ROUNDS = 8;
/** The database tidies up after ten thousand rows; ms. */
const TIDY_MS = 2000;

/** Milliseconds since the navigation began. */
interface Opened {
  /** The browser's own first contentful paint: head and links. */
  paint: number;
  /** The frame after the first grant was drawn. */
  grants: number;
}

/**
 * Above this a person would see the popup wait: the second series may be so much slower than the first. Ten times
 * as many rows are drawn in it.
 */
const AIMS: Record<keyof Opened, number> = { paint: 1.25, grants: 1.5 };

/** Measures the document of the popup, in a tab; the store must hold a grant. */
export async function measurePopup({ chromium }: Bed): Promise<Row[]> {
  const few: Opened[] = [];
  const many: Opened[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [size, opened] of [
      [FEW, few],
      [MANY, many],
    ] as const) {
      await fillStore(chromium, size);
      await sleep(TIDY_MS);
      // The first one after a fill reads from the disk.
      await openPopup(chromium);
      for (let round = 0; round < ROUNDS; round += 1) opened.push(await openPopup(chromium));
    }
  }
  return [
    row('first paint', 'paint', few, many),
    row('first grant on screen', 'grants', few, many),
  ];
}

function row(what: string, moment: keyof Opened, few: Opened[], many: Opened[]): Row {
  const own = many.map((opened) => opened[moment]);
  const base = few.map((opened) => opened[moment]);
  const ratio = compare(own, base);
  const aim = AIMS[moment];
  return {
    what: `Popup, ${what}, ${MANY.toLocaleString('en')} grants stored`,
    measured: milliseconds(summarise(own)),
    against: `with ${FEW} grants ${milliseconds(summarise(base))}`,
    ratio: times(ratio),
    wanted: { text: `no visible pause (≤ ${aim}×)`, must: false, met: ratio.value <= aim },
  };
}

async function openPopup({ browser, extensionId }: Chromium): Promise<Opened> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(noteFirstGrant);
  await page.goto(`chrome-extension://${extensionId}/${DOCUMENTS.popup}`);
  await page.waitForFunction(() => 'firstGrant' in globalThis);
  const opened = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    grants: (globalThis as unknown as { firstGrant: number }).firstGrant,
  }));
  // The worker still reads the whole for it, and the next one would wait for that.
  await page.waitForSelector('main[aria-busy="false"]');
  await page.close();
  return opened;
}

/** Runs in the document, before its own scripts. */
function noteFirstGrant(): void {
  new MutationObserver((_, observer) => {
    if (document.querySelector('[data-grant]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      setTimeout(() => Object.assign(globalThis, { firstGrant: performance.now() }));
    });
  }).observe(document, { childList: true, subtree: true });
}
