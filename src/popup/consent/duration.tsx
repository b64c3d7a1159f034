/** How long a grant lasts: one of three, the one that holds so far chosen. */
import type { Duration } from '../../shared/facts/duration.ts';
import { text, type PlainKey } from '../kit/text.ts';

const WORDS: Record<Duration, PlainKey> = {
  always: 'durationAlways',
  day: 'durationDay',
  session: 'durationSession',
};

interface DurationProps {
  value: Duration;
  change: (value: Duration) => void;
}

/** The user's own choice; unlike anything in the snapshot it does not put Allow back to sleep. */
export function DurationChoice({ value, change }: DurationProps) {
  return (
    <div class="field field-line">
      <label for="duration">{text('durationHeading')}</label>
      <select
        id="duration"
        value={value}
        onChange={(event) => change(event.currentTarget.value as Duration)}
      >
        {Object.entries(WORDS).map(([duration, key]) => (
          <option key={duration} value={duration}>
            {text(key)}
          </option>
        ))}
      </select>
    </div>
  );
}
