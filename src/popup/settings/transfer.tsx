/** Settings to a file and back: never a token, never a secret. */
import { useRef, useState } from 'preact/hooks';
import type { SettingsPreview } from '../../shared/settings.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { Confirm } from '../kit/confirm.tsx';
import { download } from '../kit/download.ts';
import { plural, text } from '../kit/text.ts';
import { Section, StatusLine } from './section.tsx';

/** A settings file is a few kilobytes; whatever is larger is another file. Bytes. */
const MAX_FILE = 1_000_000;

type Said = { bad: boolean; words: string } | undefined;

/** A file that was read, and what it would bring. */
interface Read {
  file: unknown;
  brings: SettingsPreview;
}

/** Two steps: whose clients are in the file is said before it is loaded. */
function useImport(changed: () => void) {
  const [said, setSaid] = useState<Said>();
  const [read, setRead] = useState<Read>();
  const refuse = () => setSaid({ bad: true, words: text('importBad') });
  const open = async (chosen: File) => {
    setSaid(undefined);
    setRead(undefined);
    if (chosen.size > MAX_FILE) throw new RangeError('too large');
    const file: unknown = JSON.parse(await chosen.text());
    setRead({ file, brings: await ask('previewSettings', { file }) });
  };
  const load = () => {
    if (!read) return;
    setRead(undefined);
    ask('importSettings', { file: read.file }).then(({ clients }) => {
      setSaid({ bad: false, words: plural(clients, 'importedOne', 'imported') });
      changed();
    }, refuse);
  };
  const onChoose = (event: Event & { currentTarget: HTMLInputElement }) => {
    const field = event.currentTarget;
    const [chosen] = field.files ?? [];
    if (!chosen) return;
    open(chosen)
      .catch(refuse)
      // Or choosing the same file again, corrected meanwhile, would be no change.
      .finally(() => (field.value = ''));
  };
  return { said, setSaid, read, onChoose, load, keep: () => setRead(undefined) };
}

/** The background checks the file; here it only has to be JSON. */
export function Transfer({ changed }: { changed: () => void }) {
  const { said, setSaid, read, onChoose, load, keep } = useImport(changed);
  const input = useRef<HTMLInputElement>(null);
  const save = () => {
    ask('exportSettings', {}).then(
      (file) => download('grantkeeper-settings.json', `${JSON.stringify(file, null, 2)}\n`),
      () => setSaid({ bad: true, words: text('exportFailed') }),
    );
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
      {read && (
        <div class="parts" id="import-preview">
          <Brings brings={read.brings} />
          <Confirm
            question={text('importAsk')}
            yes={text('importYes')}
            confirm={load}
            keep={keep}
          />
        </div>
      )}
      <StatusLine said={said?.words} bad={said?.bad ?? false} />
    </Section>
  );
}

/** As whom the broker would sign in from then on, where that changes. */
function Brings({ brings: { clients, document } }: { brings: SettingsPreview }) {
  if (clients.length === 0 && document === undefined) return <p>{text('importNoClients')}</p>;
  return (
    <div class="warning">
      <ul>
        {clients.map(({ issuer, clientId, former }) => (
          <li key={issuer}>
            {former === undefined
              ? text('importAs', clientId)
              : text('importInstead', clientId, former)}{' '}
            <Address of={issuer} />
          </li>
        ))}
        {document !== undefined && (
          <li>
            {text('importDocument')} <Address of={document} />
          </li>
        )}
      </ul>
      <p>{text('importWhose')}</p>
    </div>
  );
}
