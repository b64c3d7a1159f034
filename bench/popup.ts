/** How long the toolbar popup takes to show what is there, with few grants and with very many. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chromium } from '../drivers/chromium.ts';
import type { Bed } from './bed.ts';
import { fillStore } from './clone-grants.ts';
import { compare, summarise } from './statistics.ts';
import { atMost, milliseconds, times, type Row } from './table.ts';
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
  /** The frame after the popup had read every grant, and said so. */
  whole: number;
}

/** How much slower the second series may be than the first. */
interface Limits {
  most: number;
  aim?: number;
}

/**
 * Above the first two a person would see the popup wait; ten times as many rows are drawn in the second series. The
 * whole is read behind what is on screen, so it may take longer, but not in step with a thousand times as many grants.
 */
const LIMITS: Record<keyof Opened, Limits> = {
  paint: { most: 1.5, aim: 1.25 },
  grants: { most: 2, aim: 1.5 },
  // For a thousand times as many grants.
  whole: { most: 20 },
};

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
    row('all grants read', 'whole', few, many),
  ];
}

function row(what: string, moment: keyof Opened, few: Opened[], many: Opened[]): Row {
  const own = many.map((opened) => opened[moment]);
  const base = few.map((opened) => opened[moment]);
  const ratio = compare(own, base);
  const { most, aim } = LIMITS[moment];
  return {
    what: `Popup, ${what}, ${MANY.toLocaleString('en')} grants stored`,
    measured: milliseconds(summarise(own)),
    against: `with ${FEW} grants ${milliseconds(summarise(base))}`,
    ratio: times(ratio),
    must: atMost(ratio.value, most),
    ...(aim !== undefined && { aim: atMost(ratio.value, aim) }),
  };
}

async function openPopup({ browser, extensionId }: Chromium): Promise<Opened> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(noteMoments);
  await page.goto(`chrome-extension://${extensionId}/${DOCUMENTS.popup}`);
  // The next one would wait for what the worker still reads for this one.
  await page.waitForFunction(() => 'whole' in globalThis);
  const opened = await page.evaluate(() => {
    const { grants, whole } = globalThis as unknown as Moments;
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { paint: paint?.startTime ?? NaN, grants, whole };
  });
  if ((await page.$('main > .warning')) !== null) throw new Error('The popup has read nothing.');
  await page.close();
  return opened;
}

type Moments = Omit<Opened, 'paint'>;

/** Runs in the document, before its own scripts. */
function noteMoments(): void {
  const wanted = new Map([
    ['grants', '[data-grant]'],
    ['whole', 'main[aria-busy="false"] [data-grant]'],
  ]);
  // Inline: a function with a name would need a helper of the compiler that the document does not have.
  new MutationObserver((_, observer) => {
    for (const [moment, selector] of wanted) {
      if (document.querySelector(selector) === null) continue;
      wanted.delete(moment);
      requestAnimationFrame(() => {
        setTimeout(() => Object.assign(globalThis, { [moment]: performance.now() }));
      });
    }
    if (wanted.size === 0) observer.disconnect();
  }).observe(document, { childList: true, subtree: true, attributeFilter: ['aria-busy'] });
}
