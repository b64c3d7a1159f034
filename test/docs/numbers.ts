/**
 * Numbers such as Z13, T-49 or ISS-2 that code, tests and documents cite. A page of docs/ defines one where its row
 * begins with an anchor: `| <a id="z13"></a>Z13 | …`. Rows of `npm run wild` have ids of the same shape. They count in
 * the texts about them; elsewhere they are written `wild row A24`.
 */
import type { Page } from './pages.ts';

const DEFINITION = /<a id="([^"]+)"><\/a>([A-Z][A-Z0-9-]*b?)/g;
const CITATION =
  /(?<![\w/#%&.@"=-])(?:[A-Z]\d{1,3}b?|(?:[A-Z]|[A-Z]{2,4})-\d{1,3}b?|V-[A-Z]\d\d|[A-Z]-[A-Z]{2,}(?:-[A-Z]+)*|BAR-[A-Z]+)(?![\w-])/g;
/** Names that the probes of these cases had; they only say that two rows are one case. */
const PROBES = /^ *faults: '[^']*',$/gm;
const WILD_ROW = /\bwild row ((?:V-)?[A-Z]\d\d)\b/g;

/** What has the shape of a number and is none: a curve, a hash, an element, a folder. */
const OTHER = /^(?:P-256|AES-\d+|SHA-\d+|UTF-\d+|RFC-\d+|ISO-\d+|SEP-\d+|S256|H[1-6]|X86)$/;

/** Texts that speak of the rows of `npm run wild` by their bare ids. */
const ABOUT_WILD =
  /^(?:test\/wild\/|scripts\/wild\.ts$|docs\/(?:wild|before-and-after)\.md$|docs\/decisions\/003[0-6]-)/;

/** Each number that is defined, with the pages that do so. */
export function definedIn(pages: readonly Page[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, text } of pages) {
    for (const [, anchor = '', number = ''] of text.matchAll(DEFINITION)) {
      const where = anchor === number.toLowerCase() ? name : `${name} (anchor ${anchor})`;
      found.set(number, [...(found.get(number) ?? []), where]);
    }
  }
  return found;
}

/** Ids of the rows in docs/wild.md. */
export function wildRowsIn(page: string): Set<string> {
  return new Set([...page.matchAll(/^\| ((?:V-)?[A-Z]\d\d) \|/gm)].map(([, id = '']) => id));
}

/** Everything that is wrong with the numbers of these texts, a line each. */
export function faultsIn(pages: readonly Page[], wildRows: ReadonlySet<string>): string[] {
  const defined = definedIn(pages);
  const doubled = [...defined]
    .filter(([, places]) => places.length > 1 || places[0]?.includes('anchor'))
    .map(([number, places]) => `${number} is defined in ${places.join(' and ')}`);
  return [...doubled, ...pages.flatMap((page) => unknownIn(page, defined, wildRows))];
}

function unknownIn(
  { name, text }: Page,
  defined: ReadonlyMap<string, unknown>,
  wildRows: ReadonlySet<string>,
): string[] {
  const rows = [...text.matchAll(WILD_ROW)].map(([, id = '']) => id);
  const citations = [...text.replaceAll(WILD_ROW, '').replaceAll(PROBES, '').matchAll(CITATION)]
    .map(([number]) => number)
    .filter((number) => !OTHER.test(number))
    .filter((number) => !(ABOUT_WILD.test(name) && wildRows.has(number)));
  return [
    ...rows.filter((id) => !wildRows.has(id)).map((id) => `${name}: ${id} is no row`),
    ...[...new Set(citations)]
      .filter((number) => !defined.has(number))
      .map((number) => `${name}: ${number} is defined nowhere`),
  ];
}
