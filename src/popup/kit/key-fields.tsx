/** The fields of a key; the same in the prompt and where one is replaced. The host stands above them, and nothing else. */
import { Fragment } from 'preact';
import type { KeyDraft, KeyFaults } from './key-draft.ts';
import { Field } from './field.tsx';
import { text } from './text.ts';

interface KeyFieldsProps {
  /** Host of the server that has given the key to the user. */
  host: string;
  draft: KeyDraft;
  faults: KeyFaults;
  change: (draft: KeyDraft) => void;
}

/** Whose key it has to be, the key, the name under which it is sent; a second word where it looks like another's. */
export function KeyFields({ host, draft, faults, change }: KeyFieldsProps) {
  return (
    <div class="key-fields">
      <p>{text('keyOnlyOf')}</p>
      <p class="key-host">
        <bdi>{breakable(host)}</bdi>
      </p>
      <Field
        id="key-value"
        label="keyValue"
        type="password"
        value={draft.value}
        hint="keyNever"
        fault={faults.keyValue}
        // Another key is another company's, perhaps.
        change={(value) => change({ ...draft, value, confirmed: false })}
      />
      {(faults.keyValue === 'keyForeign' || draft.confirmed) && (
        <label class="pick-row" for="key-confirmed">
          <input
            id="key-confirmed"
            type="checkbox"
            checked={draft.confirmed}
            onChange={(event) => change({ ...draft, confirmed: event.currentTarget.checked })}
          />
          <span>{text('keyConfirmed', host)}</span>
        </label>
      )}
      <Field
        id="key-header"
        label="keyHeader"
        value={draft.header}
        hint="keyHeaderHint"
        fault={faults.keyHeader}
        change={(header) => change({ ...draft, header })}
      />
    </div>
  );
}

/** Breaks at dots where it has to, so that no name in it is torn apart. */
function breakable(host: string) {
  return host.split(/(?<=\.)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ));
}
