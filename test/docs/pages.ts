/** The texts that the tests of this folder read: Markdown pages, and everything that may cite a number. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/set-up.mjs';

const ROOMS = ['src', 'test', 'scripts', 'drivers', 'demo', 'bench', 'docs'];
const TEXTS = /\.(?:ts|tsx|mjs|md|html|css)$/;

/** A text and its path from the root, with slashes on every system. */
export interface Page {
  name: string;
  text: string;
}

/** Every text that people write, the tests of this folder apart: they have wrong numbers on purpose. */
export function allTexts(): Page[] {
  const inRooms = ROOMS.flatMap((room) =>
    readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(room, name).replaceAll('\\', '/'),
    ),
  );
  const atTop = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...inRooms, ...atTop]
    .filter((name) => TEXTS.test(name) && !/^test\/docs\/|node_modules|\/out\//.test(name))
    .filter((name) => statSync(path.join(ROOT, name)).isFile())
    .map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
}
