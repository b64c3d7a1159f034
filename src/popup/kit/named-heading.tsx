/** A heading that names two parties, each set apart from the sentence around it. */

/** Stand for the two names in a text until it is laid out; no text has them. */
export const NAME_PLACES = ['\u0001', '\u0002'] as const;

interface NamedHeadingProps {
  /** A text with the two places for names in it, in whatever order the language wants. */
  words: string;
  names: readonly [string, string];
  as?: 'h1' | 'p';
}

/** The sentence; each name is isolated, so that no script in it reorders the rest. */
export function NamedHeading({ words, names, as: Tag = 'h1' }: NamedHeadingProps) {
  return (
    <Tag class="named-heading" data-read="heading" data-sentence>
      {words.split(/([\u0001\u0002])/).map((part, index) => {
        const name = names[NAME_PLACES.indexOf(part as '\u0001' | '\u0002')];
        if (name === undefined) return part;
        return (
          <bdi key={index} class="name">
            {name}
          </bdi>
        );
      })}
    </Tag>
  );
}
