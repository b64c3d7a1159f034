/**
 * `npm run screenshots`: writes every screen in every state to gallery/ (which git ignores), in both themes and at
 * two widths, and an index. Each is shown whole; of a prompt that is longer than its window there is a second picture,
 * as it opens. The few that the documents show are copied to docs/screens. The same tree writes the same pictures: the
 * clock and the time zone are fixed. Two states that look the same are an error: one of them is not what it says.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { isWide, SHOTS, type Look, type Shot } from '../test/popup/support/shots.ts';
import { openShot, openStage, WINDOW_HEIGHT, type Stage } from '../test/popup/support/stage.ts';
import { brandColours } from './brand-colours.ts';
import { withPalette } from './palette-png.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

const FOLDER = path.join(ROOT, 'gallery');

/** Where the pictures are that README and guide show. */
const SHOWN = path.join(ROOT, 'docs', 'screens');

/** 21 November 2026, 14:05 UTC; ms. */
const CLOCK = 1_795_269_900_000;

/** As text: what is made of a function for Node is not always something that a page can run. */
const FIXED_DATE = `globalThis.Date = new Proxy(Date, {
  construct: (target, given) => Reflect.construct(target, given.length ? given : [${String(CLOCK)} + performance.now()]),
  get: (target, name) =>
    name === 'now' ? () => ${String(CLOCK)} + Math.floor(performance.now()) : Reflect.get(target, name),
});`;

/** Behind the name of a picture that shows a prompt as it opens, where that is not all of it. */
const AS_IT_OPENS = '-first';

/** A question that may be allowed now. */
const AWAKE = '#allow[data-armed="true"]';

/** The colours that no picture may change. */
const BRAND = [...brandColours().values()].flatMap(({ light, dark }) => [light, dark]);

/** Shown in the user guide and in the README, so taken in every combination. */
const LEADING = new Set(['consent-step-up', 'popup-site', 'activity-log', 'trace-done']);

/** What documents are called in the index; in order. */
const CHAPTERS: Record<string, string> = {
  consent: 'Prompt (`consent.html`)',
  popup: 'Toolbar popup (`popup.html`)',
  activity: 'Activity (`activity.html`)',
  trace: 'Traces (`activity.html#traces`)',
  settings: 'Settings (`settings.html`)',
  onboarding: 'First steps (`onboarding.html`)',
};

/** Each state is seen in both themes and at both widths; only the leading ones in all four combinations. */
function looksOf(shot: Shot): Look[] {
  const full = isWide(shot) ? 1100 : 440;
  const two: Look[] = [
    { scheme: 'light', width: full },
    { scheme: 'dark', width: 320 },
  ];
  if (!LEADING.has(shot.name)) return two;
  return [...two, { scheme: 'dark', width: full }, { scheme: 'light', width: 320 }];
}

async function screenshots(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const only = process.argv[2] ?? '';
  if (only === '') for (const file of taken()) rmSync(path.join(FOLDER, file));
  const stage = await openStage();
  let bytes = 0;
  for (const shot of SHOTS.filter(({ name }) => name.includes(only))) {
    for (const look of looksOf(shot)) bytes += await take(stage, shot, look);
  }
  const complaints = [...new Set(stage.complaints)];
  await stage.close();
  writeFileSync(path.join(FOLDER, 'README.md'), index());
  for (const file of shown()) copyFileSync(path.join(FOLDER, file), path.join(SHOWN, file));
  console.log(`${String(taken().length)} pictures, ${String(Math.round(bytes / 1000))} kB written`);
  for (const names of alike()) complaints.push(`Nobody can tell apart: ${names.join(', ')}`);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

function taken(): string[] {
  return readdirSync(FOLDER).filter((file) => /-(light|dark)-\d+\.png$/.test(file));
}

/** Names of equal pictures. As they open two prompts may be equal: what differs is further down. */
function alike(): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of taken().filter((name) => !name.includes(`${AS_IT_OPENS}-`))) {
    const hash = createHash('sha256')
      .update(readFileSync(path.join(FOLDER, file)))
      .digest('hex');
    groups.set(hash, [...(groups.get(hash) ?? []), file]);
  }
  return [...groups.values()].filter((names) => names.length > 1);
}

/** Those of them that a document shows: that is decided by what lies in docs/screens already. */
function shown(): string[] {
  const pictured = new Set(readdirSync(SHOWN));
  return taken().filter((file) => pictured.has(file));
}

async function take(stage: Stage, shot: Shot, look: Look): Promise<number> {
  const page = await openShot(stage, shot, look, fixClock);
  const tall = await page.evaluate(() => {
    // What sticks to the window stands where it would at the start.
    window.scrollTo(0, 0);
    return document.documentElement.scrollHeight;
  });
  let bytes = 0;
  if (isPrompt(shot) && tall > WINDOW_HEIGHT) {
    bytes += await write(page, { ...shot, name: shot.name + AS_IT_OPENS }, look, [
      WINDOW_HEIGHT,
      tall,
    ]);
    const isAwake = (await page.$(AWAKE)) !== null;
    // The answers stick to the lower edge of the window: it has to be as tall as the picture.
    await page.setViewport({ width: look.width, height: tall });
    // A window that changes its size puts Allow back to sleep.
    if (isAwake) await page.waitForSelector(AWAKE);
  }
  bytes += await write(page, shot, look, [shot.endless ? WINDOW_HEIGHT : tall, tall]);
  await page.close();
  return bytes;
}

function isPrompt({ name }: Shot): boolean {
  return name.startsWith('consent');
}

/** @param heights of the picture and of the document that it shows */
async function write(
  page: Page,
  shot: Shot,
  look: Look,
  [height, tall]: [number, number],
): Promise<number> {
  const png = await page.screenshot({
    clip: { x: 0, y: 0, width: look.width, height: Math.max(height, 1) },
    captureBeyondViewport: height > WINDOW_HEIGHT && !isPrompt(shot),
  });
  const note = `${String(height)} of ${String(tall)} px`;
  const small = withPalette(Buffer.from(png), { pinned: BRAND, note });
  writeFileSync(path.join(FOLDER, fileOf(shot, look)), small);
  return small.length;
}

function fileOf({ name }: Pick<Shot, 'name'>, { scheme, width }: Look): string {
  return `${name}-${scheme}-${String(width)}.png`;
}

async function fixClock(page: Page): Promise<void> {
  await page.emulateTimezone('UTC');
  await page.evaluateOnNewDocument(FIXED_DATE);
}

/** The pictures of each state, under the name of its document. */
function index(): string {
  const files = new Set(taken());
  const chapters = Object.entries(CHAPTERS).map(([prefix, title]) => {
    const rows = SHOTS.filter(({ name }) => name.startsWith(prefix)).map((shot) => {
      const pictures = [shot.name + AS_IT_OPENS, shot.name].flatMap((name) =>
        looksOf(shot)
          .filter((look) => files.has(fileOf({ name }, look)))
          .map((look) => {
            const file = fileOf({ name }, look);
            const alt = `${name}, ${look.scheme}, ${String(look.width)} px`;
            return `<a href="${file}"><img src="${file}" alt="${alt}" width="240"></a>`;
          }),
      );
      return `### ${shot.name}\n\n${pictures.join(' ')}\n`;
    });
    return rows.length === 0 ? '' : `## ${title}\n\n${rows.join('\n')}`;
  });
  return [
    '# Every screen',
    '',
    'Written by `npm run screenshots` from the real documents in a real Chromium; what the background would answer is in `test/popup/support`. Each state is shown in both themes and at two widths, whole; `-first` is a prompt as it opens, where it is longer than its window.',
    '',
    ...chapters.filter(Boolean),
  ].join('\n');
}

await runAsProgram(import.meta.url, screenshots);
