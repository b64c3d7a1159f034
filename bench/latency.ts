/** How long a page waits for a token that is already there: warm, after a killed worker, with many grants. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed, BenchPage } from './bed.ts';
import { fillStore } from './clone-grants.ts';
import type { Subject, Times } from './page.ts';
import { compare, summarise } from './statistics.ts';
import { milliseconds, times, type Row } from './table.ts';

/** Between two measured calls, so that one is over, its write behind included, before the next; ms. */
const PAUSE_MS = 15;
/** Before the first call to a worker that is gone; ms. */
const COLD_PAUSE_MS = 50;

const WARM_UP_ROUNDS = 50;
const WARM_ROUNDS = 300;
const COLD_ROUNDS = 40;

const SIZES = [1, 100, 10_000];
/** Every size is measured in so many turns, so that a slow minute of the machine meets all of them. */
const SIZE_TURNS = 4;
const SIZE_ROUNDS = 75;
const SIZE_COLD_ROUNDS = 6;
/** The database tidies up after ten thousand rows; ms. */
const TIDY_MS = 2000;

/** How much slower than an echo a cached token may be. */
const WARM_AIM = 2;
/** What counts as flat: two series of the same thing differ by less, on a quiet machine. */
const FLAT = 1.15;

/** Measures; the page's site must hold a grant. */
export async function measureLatency(bed: Bed, page: BenchPage): Promise<Row[]> {
  await page.sample(['echo', 'hello', 'getToken'], WARM_UP_ROUNDS, PAUSE_MS);
  const warm = await page.sample(['echo', 'hello', 'getToken'], WARM_ROUNDS, PAUSE_MS);
  const cold = await sampleCold(bed, page, ['echo', 'getToken'], COLD_ROUNDS);
  const ratio = compare(warm['getToken'] ?? [], warm['echo'] ?? []);
  return [
    {
      ...row('Cached `getToken`, warm worker', warm, 'getToken'),
      wanted: { text: `≤ ${WARM_AIM}×`, met: ratio.value <= WARM_AIM, must: false },
    },
    row('`hello`, warm worker (for comparison: no storage)', warm, 'hello'),
    row('Cached `getToken`, first after a killed worker', cold, 'getToken'),
    ...(await measureSizes(bed, page)),
  ];
}

function row(what: string, measured: Times, subject: Subject): Row {
  const [own = [], echo = []] = [measured[subject], measured['echo']];
  return {
    what,
    measured: milliseconds(summarise(own)),
    against: `bare echo ${milliseconds(summarise(echo))}`,
    ratio: times(compare(own, echo)),
  };
}

/** Both workers are killed before each round; each subject starts one of its own. */
async function sampleCold(
  bed: Bed,
  page: BenchPage,
  subjects: Subject[],
  rounds: number,
): Promise<Times> {
  const all: Times = {};
  for (let round = 0; round < rounds; round += 1) {
    await bed.killWorkers();
    append(all, await page.sample(subjects, 1, COLD_PAUSE_MS));
  }
  return all;
}

async function measureSizes(bed: Bed, page: BenchPage): Promise<Row[]> {
  const warm = new Map<number, Times>(SIZES.map((size) => [size, {}]));
  const cold = new Map<number, Times>(SIZES.map((size) => [size, {}]));
  for (let turn = 0; turn < SIZE_TURNS; turn += 1) {
    for (const size of SIZES) {
      await fillStore(bed.chromium, size);
      await page.page.bringToFront();
      await sleep(TIDY_MS);
      append(cold.get(size), await sampleCold(bed, page, ['getToken'], SIZE_COLD_ROUNDS));
      await page.sample(['getToken'], WARM_UP_ROUNDS, PAUSE_MS);
      append(warm.get(size), await page.sample(['getToken'], SIZE_ROUNDS, PAUSE_MS));
    }
  }
  return [
    ...sizeRows('warm worker', warm),
    ...sizeRows('first after a killed worker', cold, false),
  ];
}

function sizeRows(state: string, measured: Map<number, Times>, isWarm = true): Row[] {
  const base = measured.get(SIZES[0] ?? 1)?.['getToken'] ?? [];
  return SIZES.map((size) => {
    const own = measured.get(size)?.['getToken'] ?? [];
    const many = `${size.toLocaleString('en')} grant${size === 1 ? '' : 's'}`;
    const what = `Cached \`getToken\`, ${state}, ${many} stored`;
    const shown = { what, measured: milliseconds(summarise(own)) };
    if (own === base) return shown;
    const ratio = compare(own, base);
    const wanted = { text: `flat (≤ ${FLAT}×)`, met: ratio.value <= FLAT, must: false };
    const compared = { ...shown, against: 'with 1 grant', ratio: times(ratio) };
    return isWarm ? { ...compared, wanted } : compared;
  });
}

function append(all: Times | undefined, more: Times): void {
  if (!all) return;
  for (const [subject, list] of Object.entries(more)) (all[subject] ??= []).push(...list);
}
