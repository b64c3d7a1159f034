/** The colours of our documents, as their one stylesheet names them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './set-up.mjs';

/** By the name of the token, without its dashes: 0xRRGGBB in the light and in the dark. */
export type BrandColours = ReadonlyMap<string, { light: number; dark: number }>;

/** Reads them from the stylesheet of the kit; where one is named twice the first counts. */
export function brandColours(): BrandColours {
  const css = readFileSync(path.join(ROOT, 'src/popup/kit/style.css'), 'utf8');
  const named = css.matchAll(/--([\w-]+): light-dark\(#([\da-f]{6}), #([\da-f]{6})\)/g);
  const colours = [...named].map(([, name = '', light = '', dark = '']) => {
    return [name, { light: parseInt(light, 16), dark: parseInt(dark, 16) }] as const;
  });
  return new Map(colours.reverse());
}
