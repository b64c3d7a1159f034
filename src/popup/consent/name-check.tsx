/** A provider that has changed, or a name that looks like another one: the letters that differ, and a second act (T-17). */
import { text, type PlainKey } from '../kit/text.ts';
import { differencesIn } from './lookalike.ts';
import type { NameToCheck } from './names-to-check.ts';

interface NameCheckProps {
  names: readonly NameToCheck[];
  isConfirmed: boolean;
  confirm: (isConfirmed: boolean) => void;
}

/** The pairs, and one box for all of them. */
export function NameCheck({ names, isConfirmed, confirm }: NameCheckProps) {
  if (names.length === 0) return null;
  return (
    <div class="warning warning-grave" id="names">
      {names.map((one) => (
        <div
          key={one.name}
          id={one.isChange ? 'provider-changed' : undefined}
          data-read={`warning name ${one.name}`}
        >
          <p>{text(one.isChange ? 'warnProviderChanged' : 'warnLookalike')}</p>
          <dl>
            <Name
              term={one.isChange ? 'warnProviderFrom' : 'warnLike'}
              of={one.other}
              to={one.name}
            />
            <Name
              term={one.isChange ? 'warnProviderTo' : 'warnName'}
              of={one.name}
              to={one.other}
            />
          </dl>
        </div>
      ))}
      <label class="pick-row" data-read="warning confirm">
        <input
          type="checkbox"
          id="confirm-name"
          checked={isConfirmed}
          onChange={({ currentTarget: box }) => confirm(box.checked)}
        />
        <span>{text('confirmName')}</span>
      </label>
    </div>
  );
}

/** One name, with the letters marked that the other one doesn't have. */
function Name({ term, of, to }: { term: PlainKey; of: string; to: string }) {
  return (
    <>
      <dt>{text(term)}</dt>
      <dd class="address compared">
        {differencesIn(of, to).map((stretch, index) =>
          stretch.differs ? (
            <mark key={index}>{stretch.text}</mark>
          ) : (
            <span key={index}>{stretch.text}</span>
          ),
        )}
      </dd>
    </>
  );
}
