/**
 * Where a carried request may go: to the resource that was granted, or below it, and nowhere else (Z29). The background
 * attaches the credential, so what this lets through receives it. Pure functions of strings.
 */

/** Escapes that a server may read as a path separator, a dot or an end of the text, whatever we make of them. */
const DOUBTFUL_ESCAPE = /%(?:2f|5c|2e|00)/i;
/** A segment that some servers strip to dots: `..;`, `.;a`, `..%3b`; or dots that a parser has left. */
const DOUBTFUL_SEGMENT = /^\.{1,2}(?:;|%3b|$)/i;

/**
 * The URL to send to, for what a page asked to have sent.
 * @param text as the page wrote it; a fragment is left out
 * @param resource the granted resource, as it was checked when it was granted
 * @returns undefined when it is not the resource, nor lies below it at the end of a path segment
 */
export function urlUnder(text: string, resource: string): URL | undefined {
  const url = URL.parse(text);
  const granted = URL.parse(resource);
  if (!url || !granted || url.origin === 'null' || url.origin !== granted.origin) return undefined;
  if (url.username || url.password || hasUserinfo(text) || isDoubtful(url.pathname)) {
    return undefined;
  }
  // A resource that is told apart by its query is that query's alone.
  if (granted.search && url.search !== granted.search) return undefined;
  const below = granted.pathname.endsWith('/') ? granted.pathname : `${granted.pathname}/`;
  if (url.pathname !== granted.pathname && !url.pathname.startsWith(below)) return undefined;
  url.hash = '';
  return url;
}

/** Levels of a path that are looked at, from the top: a page could write a thousand. */
const MAX_LEVELS = 16;

/**
 * The addresses by which a grant may be known that has this URL under it, the narrowest first; each as
 * {@link parseResource} writes it.
 */
export function addressesAbove({ origin, pathname, search }: URL): string[] {
  const levels = pathname.split('/').slice(1, MAX_LEVELS);
  const paths = levels
    .map((_, index) => `/${levels.slice(0, index).join('/')}`)
    .flatMap((path) => (path === '/' ? '' : [path, `${path}/`]));
  const own = pathname === '/' ? '' : pathname;
  const wider = [own, ...paths.reverse()].map((path) => origin + path);
  return [...new Set([origin + own + search, ...wider, origin])];
}

/** The parser drops an empty user; what was meant by it is nobody's guess. */
function hasUserinfo(text: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]*:[\\/]*[^\\/?#]*@/i.test(text);
}

function isDoubtful(path: string): boolean {
  return (
    DOUBTFUL_ESCAPE.test(path) || path.split('/').some((segment) => DOUBTFUL_SEGMENT.test(segment))
  );
}
