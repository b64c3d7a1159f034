/** Above the log: which rows, and what can be done with all of them. */
import { useCallback, useRef, useState } from 'preact/hooks';
import type { ActivityRow } from '../../shared/activity.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { download } from '../kit/download.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { useLive } from '../kit/use-live.ts';
import { fileOf } from './activity-file.ts';
import { readAll } from './read-activity.ts';
import type { Filter } from './use-log.ts';

/** A list that is longer than this is no help. */
const MOST_CHOICES = 300;

interface ToolsProps {
  filter: Filter;
  setFilter: (filter: Filter) => void;
  /** The rows that are shown: what they name can be chosen, as can everything that holds a grant. */
  rows: readonly ActivityRow[];
  /** True when there is nothing to save or erase. */
  isEmpty: boolean;
  erased: () => void;
}

export function ActivityTools({ filter, setFilter, rows, isEmpty, erased }: ToolsProps) {
  const load = useCallback(() => ask('grants', {}), []);
  const { value: grants = [] } = useLive(load);
  const known = [...rows, ...grants];
  return (
    <div class="tools">
      <FilterSelect
        id="filter-site"
        label="filterSite"
        all="filterAllSites"
        value={filter.origin}
        values={known.map(({ origin }) => origin)}
        choose={(origin) => setFilter(pick({ ...filter, origin }))}
      />
      <FilterSelect
        id="filter-server"
        label="filterServer"
        all="filterAllServers"
        value={filter.resource}
        values={known.flatMap(({ resource }) => (resource ? shownAddress(resource) : []))}
        choose={(resource) => setFilter(pick({ ...filter, resource }))}
      />
      <label class="filter-failed">
        <input
          id="filter-failed"
          type="checkbox"
          checked={filter.failed === true}
          onChange={({ currentTarget }) =>
            setFilter(pick({ ...filter, failed: currentTarget.checked || undefined }))
          }
        />
        {text('filterFailed')}
      </label>
      <div class="doing">
        <Save filter={filter} isEmpty={isEmpty} />
        <EraseActivity isEmpty={isEmpty} erased={erased} />
      </div>
    </div>
  );
}

interface FilterSelectProps {
  id: string;
  label: PlainKey;
  all: PlainKey;
  value: string | undefined;
  values: string[];
  choose: (value: string | undefined) => void;
}

function FilterSelect({ id, label, all, value, values, choose }: FilterSelectProps) {
  // Under a filter the rows name little else; what was once on offer stays.
  const seen = useRef(new Set<string>());
  for (const known of values) if (seen.current.size < MOST_CHOICES) seen.current.add(known);
  const choices = [...seen.current].sort();
  return (
    <div class="filter">
      <label for={id}>{text(label)}</label>
      <select
        id={id}
        class="typed"
        value={value ?? ''}
        onChange={({ currentTarget }) => choose(currentTarget.value || undefined)}
      >
        <option value="">{text(all)}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </div>
  );
}

function Save({ filter, isEmpty }: { filter: Filter; isEmpty: boolean }) {
  const [said, setSaid] = useState<'activitySaved' | 'activitySaveFailed'>();
  const save = () => {
    readAll(filter).then(
      (rows) => {
        download('grantkeeper-activity.json', fileOf(rows));
        setSaid('activitySaved');
      },
      () => setSaid('activitySaveFailed'),
    );
  };
  return (
    <div class="tool">
      {!isEmpty && (
        <button id="save-activity" class="button button-small" type="button" onClick={save}>
          {text('activitySave')}
        </button>
      )}
      <p class="hint" role="status">
        {said && text(said)}
      </p>
    </div>
  );
}

function EraseActivity({ isEmpty, erased }: { isEmpty: boolean; erased: () => void }) {
  const { state, open, keep, run } = useConfirmed();
  const erase = async () => {
    await ask('erase', { what: 'activity' });
    erased();
  };
  // The question stays until it is done: it takes no time worth a word.
  if (state.step === 'asking' || state.step === 'running') {
    return (
      <Confirm
        question={text('activityEraseAsk')}
        yes={text('activityEraseConfirm')}
        confirm={() => run(erase)}
        keep={keep}
        isGrave
      />
    );
  }
  return (
    <div class="tool">
      {(!isEmpty || state.step === 'kept') && (
        <AskingButton class="erase-activity" returned={state.step === 'kept'} open={open}>
          {text('activityErase')}
        </AskingButton>
      )}
      {state.step === 'failed' && (
        <p class="warning" role="alert">
          {text('eraseFailed')}
        </p>
      )}
      <p class="hint" role="status" tabIndex={-1}>
        {state.step === 'done' && text('activityErased')}
      </p>
    </div>
  );
}

function pick({
  origin,
  resource,
  failed,
}: { [K in keyof Filter]: Filter[K] | undefined }): Filter {
  return {
    ...(origin !== undefined && { origin }),
    ...(resource !== undefined && { resource }),
    ...(failed && { failed: true }),
  };
}
