/** Who will hold the key, in the prompt (Z26, Z33). */
import { describe, expect, it } from 'vitest';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import { stageForTests } from '../support/open.ts';
import { callsOf } from '../support/reading.ts';

const stage = stageForTests();

const show = async (flow: string) => {
  const page = await stage.open(`consent.html?flow=${flow}`);
  await page.waitForSelector('#allow');
  return page;
};
const allow = async (page: Awaited<ReturnType<typeof show>>) => {
  await armed(page);
  await page.click('#allow');
  await expect.poll(() => callsOf(page, 'decide')).toHaveLength(1);
  return (await callsOf(page, 'decide'))[0]!.params as Record<string, unknown>;
};

describe('the line about the key', () => {
  const lines = [
    ['keeper-broker', 'never sees the key'],
    ['keeper-asked', 'If your browser agrees'],
    ['keeper-page', 'gets a key'],
    ['keeper-sealed', 'never sees the key'],
  ] as const;
  it.each(lines)('says in %s what will be (Z26)', async (flow, words) => {
    const page = await show(flow);
    expect(await page.$eval('#keeper', (line) => line.textContent)).toContain(words);
  });

  it('names the tool as the site’s words, never as ours (T-16)', async () => {
    const page = await show('keeper-sealed');
    const words = await page.$eval('#tool', (line) => line.textContent);
    expect(words).toBe('The site says it’s for “add_note”.');
  });

  it('is a warning where the site wants the key itself (Z26)', async () => {
    const page = await show('hand-more');
    expect(await page.$('#hands.warning')).not.toBeNull();
    expect(await page.$('#keeper')).toBeNull();
  });
});

describe('the question whether a site may have the key', () => {
  it('is one of its own, with nothing to choose (Z26)', async () => {
    const page = await show('hand');
    const heading = await page.$eval('h1', (line) => line.textContent);
    expect(heading).toBe('Give chat.example.com the key to mcp.files.example.net?');
    expect(await page.$('.options')).toBeNull();
    expect(await page.$('#duration')).toBeNull();
    expect(await allow(page)).toMatchObject({ decision: 'allow' });
  });
});

describe('the choice that the site never gets the key', () => {
  it('is part of the answer, and the line follows it (Z26)', async () => {
    const page = await show('keeper-page');
    for (const part of ['.options summary', '.options .switch']) {
      // A driver would click what the row of buttons covers; a person scrolls.
      await page.$eval(part, (element) => element.scrollIntoView({ block: 'center' }));
      await page.click(part);
    }
    await expect
      .poll(() => page.$eval('#keeper', (line) => line.textContent))
      .toContain('never sees the key');
    expect(await allow(page)).toMatchObject({ decision: 'allow', sealed: true });
  });

  it('is not decided by who left it alone (Z26)', async () => {
    expect(await allow(await show('keeper-page'))).not.toHaveProperty('sealed');
    expect(await allow(await show('keeper-sealed'))).not.toHaveProperty('sealed');
  });
});
