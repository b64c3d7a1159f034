/** Finds grants where there are many. */
import { text } from '../kit/text.ts';

/** From this many grants on a list is looked through by words rather than by eye. */
export const SEARCH_FROM = 10;

interface SearchProps {
  query: string;
  /** How many grants match, of how many; undefined while they are still being read. */
  found: number;
  all: number | undefined;
  search: (query: string) => void;
}

/** The field, and how much it has found. */
export function Search({ query, found, all, search }: SearchProps) {
  const isAsked = query.trim() !== '';
  return (
    <search class="search">
      <label for="search">{text('searchLabel')}</label>
      <input
        id="search"
        class="typed"
        type="search"
        value={query}
        autocomplete="off"
        spellcheck={false}
        aria-describedby="search-found"
        onInput={(event) => search(event.currentTarget.value)}
      />
      <p id="search-found" class="hint" role="status">
        {isAsked && words(found, all)}
      </p>
    </search>
  );
}

function words(found: number, all: number | undefined): string {
  if (all === undefined) return text('searchReading');
  return found > 0 ? text('searchFound', String(found), String(all)) : text('searchNothing');
}
