/**
 * Habits of language that make a reader stumble. Each is certain: a sentence that matches is rewritten. The list is
 * short on purpose; what is only sometimes wrong is for a reviewer.
 */
const HABITS: readonly (readonly [found: RegExp, instead: string])[] = [
  [/\bfor ever\b/i, 'forever'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  // One phrase is a fixed term of the screens, and of the documents that quote them.
  [/\bwhoever\b(?! runs the server\b)/i, 'name the subject: a page that, anyone who'],
  // A question may begin with it.
  [/(?:^|[.;:!] |\| )who (?!can act\b)\w+(?![^.|]*\?)/i, 'a person who, a test that'],
  [/\bthat there (?:is|are)(?=[.,;:)|]|$)/i, 'name what exists'],
  [/\bso many (?!\w+ that\b)/i, 'this many'],
  [/\b(?:comes?|came) to nothing\b/i, 'fails'],
  [/\bof no use to\b/i, 'useless'],
];

/** Where a text breaks a habit: the words, and what to say. Code and names in backticks do not count. */
export function habitsIn(text: string): string[] {
  const prose = text.replaceAll(/`[^`]*`/g, '`…`');
  return HABITS.flatMap(([found, instead]) => {
    const match = found.exec(prose);
    return match ? [`“${match[0].trim()}”: ${instead}`] : [];
  });
}

/** Comments of a source file, without their stars, each with its lines joined. */
export function commentsIn(source: string): string[] {
  const blocks = source.match(/\/\*[\s\S]*?\*\//g) ?? [];
  const lines = source.match(/^\s*\/\/ .*(?:\n\s*\/\/ .*)*/gm) ?? [];
  return [...blocks, ...lines].map((comment) =>
    comment.replaceAll(/^\s*(?:\/\*\*?|\*\/|\*|\/\/)|\*\/$/gm, '').replaceAll(/\s+/g, ' '),
  );
}
