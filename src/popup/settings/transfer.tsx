/** Settings to a file and back: never a token, never a secret. */
import { useRef, useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { download } from '../kit/download.ts';
import { text } from '../kit/text.ts';
import { Section, StatusLine } from './section.tsx';

/** A settings file is a few kilobytes; whatever is larger is another file. Bytes. */
const MAX_FILE = 1_000_000;

type Said = { bad: boolean; words: string } | undefined;

/** The background checks the file; here it only has to be JSON. */
export function Transfer({ changed }: { changed: () => void }) {
  const [said, setSaid] = useState<Said>();
  const input = useRef<HTMLInputElement>(null);
  const save = () => {
    ask('exportSettings', {}).then(
      (file) => download('grantkeeper-settings.json', `${JSON.stringify(file, null, 2)}\n`),
      () => setSaid({ bad: true, words: text('exportFailed') }),
    );
  };
  const load = async (chosen: File) => {
    if (chosen.size > MAX_FILE) throw new RangeError('too large');
    const file: unknown = JSON.parse(await chosen.text());
    const { clients } = await ask('importSettings', { file });
    setSaid({ bad: false, words: text('imported', String(clients)) });
    changed();
  };
  const onChoose = (event: Event & { currentTarget: HTMLInputElement }) => {
    const field = event.currentTarget;
    const [chosen] = field.files ?? [];
    if (!chosen) return;
    load(chosen)
      .catch(() => setSaid({ bad: true, words: text('importBad') }))
      // Or choosing the same file again, corrected meanwhile, would be no change.
      .finally(() => (field.value = ''));
  };
  return (
    <Section id="transfer" heading="transferHeading" explained="transferExplained">
      <div class="row-of-buttons">
        <button id="export" class="button" type="button" onClick={save}>
          {text('exportSettings')}
        </button>
        <button
          id="import"
          class="button"
          type="button"
          aria-describedby="import-note"
          onClick={() => input.current?.click()}
        >
          {text('importSettings')}
        </button>
      </div>
      <p class="hint" id="import-note">
        {text('importExplained')}
      </p>
      <input
        id="import-file"
        type="file"
        accept=".json,application/json"
        aria-label={text('importSettings')}
        hidden
        ref={input}
        onChange={onChoose}
      />
      <StatusLine said={said?.words} bad={said?.bad ?? false} />
    </Section>
  );
}
