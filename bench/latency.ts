/** How long a page waits for a token that is already there: warm, after a killed worker, with many grants. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed, BenchPage } from './bed.ts';
import { fillStore } from './clone-grants.ts';
import type { Subject, Times } from './page.ts';
import { compare, summarise } from './statistics.ts';
import { atMost, milliseconds, times, type Row } from './table.ts';

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

/** How much slower than an echo an answer may be, and how much slower after a killed worker would be good. */
const ECHOES = 2;
const COLD_AIM = 1.5;
/** Once for each page; it lists where the site holds grants, so that no other call has to ask. */
const HELLO_ECHOES = 4;
/** How much slower with many grants; two series of the same thing differ by less than the aim, on a quiet machine. */
const FLAT = 1.3;
const FLAT_AIM = 1.15;

/** Measures; the page's site must hold a grant. */
export async function measureLatency(bed: Bed, page: BenchPage): Promise<Row[]> {
  await page.sample(['echo', 'hello', 'getToken'], WARM_UP_ROUNDS, PAUSE_MS);
  const warm = await page.sample(['echo', 'hello', 'getToken'], WARM_ROUNDS, PAUSE_MS);
  const cold = await sampleCold(bed, page, ['echo', 'getToken'], COLD_ROUNDS);
  const afterKill = compare(cold['getToken'] ?? [], cold['echo'] ?? []);
  return [
    row('Cached `getToken`, warm worker', warm, 'getToken'),
    row('`hello`, warm worker', warm, 'hello', HELLO_ECHOES),
    {
      ...row('Cached `getToken`, first after a killed worker', cold, 'getToken'),
      aim: atMost(afterKill.value, COLD_AIM),
    },
    ...(await measureSizes(bed, page)),
  ];
}

function row(what: string, measured: Times, subject: Subject, most = ECHOES): Row {
  const [own = [], echo = []] = [measured[subject], measured['echo']];
  const ratio = compare(own, echo);
  return {
    what,
    measured: milliseconds(summarise(own)),
    against: `bare echo ${milliseconds(summarise(echo))}`,
    ratio: times(ratio),
    must: atMost(ratio.value, most),
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
  return [...sizeRows('warm worker', warm), ...sizeRows('first after a killed worker', cold)];
}

/** A row for each size but the first, which is what the others are held against. */
function sizeRows(state: string, measured: Map<number, Times>): Row[] {
  const [least = 1, ...others] = SIZES;
  const base = measured.get(least)?.['getToken'] ?? [];
  return others.map((size) => {
    const own = measured.get(size)?.['getToken'] ?? [];
    const ratio = compare(own, base);
    return {
      what: `Cached \`getToken\`, ${state}, ${size.toLocaleString('en')} grants stored`,
      measured: milliseconds(summarise(own)),
      against: `with 1 grant ${milliseconds(summarise(base))}`,
      ratio: times(ratio),
      must: atMost(ratio.value, FLAT),
      aim: atMost(ratio.value, FLAT_AIM),
    };
  });
}

function append(all: Times | undefined, more: Times): void {
  if (!all) return;
  for (const [subject, list] of Object.entries(more)) (all[subject] ??= []).push(...list);
}
