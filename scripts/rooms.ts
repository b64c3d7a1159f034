/**
 * `npm run rooms`: the rooms of the source, the arrows between them and their cycles, of which there must be none.
 * `-- --mermaid` prints the drawing of docs/architecture.md, `-- --write` puts it there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cyclesIn, graphOfSources, type Graph } from './import-graph.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** The page with the drawing. */
export const ARCHITECTURE = path.join(ROOT, 'docs', 'architecture.md');

const START = '<!-- drawn by npm run rooms -- --write: start -->';
const END = '<!-- drawn by npm run rooms -- --write: end -->';

/** Folders whose own folders are rooms; what lies in them directly is a room too, under their name. */
const DIVIDED = ['src/background', 'src/popup'];

/** A folder within a room that counts as a room of its own. */
const INNER = 'src/shared/facts';

/** The room of a file of `src`: `src/background/doors`, `src/protocol`. */
export function roomOf(file: string): string {
  const folder = path.posix.dirname(file);
  if (folder === INNER || folder.startsWith(`${INNER}/`)) return INNER;
  const [src, first, second] = folder.split('/');
  const house = [src, first].filter(Boolean).join('/');
  return DIVIDED.includes(house) && second !== undefined ? `${house}/${second}` : house;
}

/** An arrow: files of one room import files of another, this many times. */
export interface Arrow {
  from: string;
  to: string;
  imports: number;
}

/** Every arrow between two rooms, sorted. */
export function arrowsOf(graph: Graph): Arrow[] {
  const counts = new Map<string, number>();
  for (const [file, imported] of graph) {
    for (const other of imported) {
      const [from, to] = [roomOf(file), roomOf(other)];
      if (from !== to) counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, imports]) => {
      const [from = '', to = ''] = key.split(' ');
      return { from, to, imports };
    });
}

/** Rooms that reach each other. */
export function cyclesOfRooms(graph: Graph): string[][] {
  const arrows = arrowsOf(graph);
  return cyclesIn(
    new Map(
      roomsOf(graph).map((room) => [
        room,
        arrows.filter(({ from }) => from === room).map(({ to }) => to),
      ]),
    ),
  );
}

function roomsOf(graph: Graph): string[] {
  return [...new Set([...graph.keys()].map(roomOf))].sort();
}

/** The drawing, without counts: it changes when an arrow comes or goes, not with every import. */
export function mermaidOf(graph: Graph): string {
  const idOf = (room: string) => room.replaceAll(/[^a-z]/g, '_');
  const short = (room: string) => room.replace(/^src\//, '');
  const boxes = roomsOf(graph).map((room) => `  ${idOf(room)}["${short(room)}"]`);
  const arrows = arrowsOf(graph).map(({ from, to }) => `  ${idOf(from)} --> ${idOf(to)}`);
  return ['```mermaid', 'flowchart TD', ...boxes, ...arrows, '```'].join('\n');
}

/** The page with the drawing of `graph` between its marks. */
export function drawnInto(page: string, graph: Graph): string {
  const [before, after] = [page.indexOf(START), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error('docs/architecture.md has no place to draw in');
  return `${page.slice(0, before + START.length)}\n\n${mermaidOf(graph)}\n\n${page.slice(after)}`;
}

/** What's printed: a line for each room, for each arrow and for each cycle. */
export function reportOf(graph: Graph, linesOf: (file: string) => number): string {
  const rooms = roomsOf(graph).map((room) => {
    const lengths = [...graph.keys()].filter((file) => roomOf(file) === room).map(linesOf);
    lengths.sort((a, b) => a - b);
    const middle = lengths[Math.floor(lengths.length / 2)] ?? 0;
    const cells = [lengths.length, middle, lengths.at(-1) ?? 0].map((n) => String(n).padStart(8));
    return `${room.padEnd(28)}${cells.join('')}`;
  });
  const arrows = arrowsOf(graph).map(
    ({ from, to, imports }) =>
      `${from.padEnd(28)} → ${to.padEnd(28)}${String(imports).padStart(5)}`,
  );
  const [roomCycles, fileCycles] = [cyclesOfRooms(graph), cyclesIn(graph)];
  return [
    `${'room'.padEnd(28)}${['files', 'median', 'longest'].map((t) => t.padStart(8)).join('')}`,
    ...rooms,
    '',
    ...arrows,
    '',
    ...roomCycles.map((cycle) => `cycle of rooms: ${cycle.join(', ')}`),
    ...fileCycles.map((cycle) => `cycle of files: ${cycle.join(', ')}`),
    `${rooms.length} rooms, ${graph.size} files, ${arrows.length} arrows; cycles between rooms: ` +
      `${roomCycles.length}, between files: ${fileCycles.length}`,
  ].join('\n');
}

/** As an editor counts them: blank lines and comments included. */
function linesIn(file: string): number {
  return readFileSync(path.join(ROOT, file), 'utf8').trimEnd().split('\n').length;
}

await runAsProgram(import.meta.url, () => {
  const graph = graphOfSources();
  const words = process.argv.slice(2);
  if (words.includes('--mermaid')) {
    console.log(mermaidOf(graph));
    return;
  }
  if (words.includes('--write')) {
    writeFileSync(ARCHITECTURE, drawnInto(readFileSync(ARCHITECTURE, 'utf8'), graph));
  }
  console.log(reportOf(graph, linesIn));
  if (cyclesOfRooms(graph).length + cyclesIn(graph).length > 0) process.exitCode = 1;
});
