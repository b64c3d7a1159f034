/** Links between the documents lead somewhere: the file exists, and so does the heading or anchor in it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { allTexts, type Page } from './pages.ts';

/** As GitHub makes an anchor of a heading. */
function slugOf(heading: string): string {
  const text = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return text.trim().replaceAll(' ', '-');
}

function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));
  const anchors = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return [...headings, ...anchors];
}

/** What a page links to and cannot be found, a line each. */
function brokenIn({ name, text }: Page): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  const links = [...prose.matchAll(/(?:\]\(|src="|href=")([^)"\s]+)/g)].map(([, to = '']) => to);
  return links
    .filter((to) => !/^[a-z]+:/.test(to))
    .filter((to) => {
      const [file = '', anchor] = to.split('#');
      const target = path.join(ROOT, file === '' ? name : path.join(path.dirname(name), file));
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    })
    .map((to) => `${name}: ${to}`);
}

describe('links between documents', () => {
  it('lead to a file that exists, and to a heading or anchor in it', () => {
    const pages = allTexts().filter(({ name }) => name.endsWith('.md'));
    expect(pages.flatMap(brokenIn)).toEqual([]);
  });

  it('are found when they are broken', () => {
    const text =
      '[a](docs/none.md) [b](README.md#nothing) [c](README.md#try-it) [d](https://a.test/)';
    expect(brokenIn({ name: 'README.md', text })).toEqual([
      'README.md: docs/none.md',
      'README.md: README.md#nothing',
    ]);
  });

  it('README has at most 900 words, and a picture', () => {
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(900);
    expect(readme).toMatch(/<img src="docs\/screens\//);
  });
});
