/** A provider that has changed, or a name that looks like another one: the letters that differ, and a second act (T-17). */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { splitAddress } from '../kit/address-parts.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { differencesIn, lookalikesAmong, looksLike } from './lookalike.ts';

/** A name that Allow alone doesn't accept, and the one that it may be taken for. */
export interface NameToCheck {
  name: string;
  other: string;
  isChange: boolean;
}

/** The names of a question that have to be confirmed. Of a change that is also a lookalike, only the change is told. */
export function namesToCheck(snapshot: PromptSnapshot): NameToCheck[] {
  const { origin, asked, issuer, formerIssuer, issuers = [], signsInAt } = snapshot;
  const isChange = formerIssuer !== undefined && issuer !== undefined;
  const change = isChange ? [{ name: issuer, other: formerIssuer, isChange }] : [];
  const names = [asked, origin, formerIssuer, issuer, ...issuers, signsInAt].filter(
    (name) => name !== undefined,
  );
  const hosts = [...new Set([...names, ...snapshot.foreignHosts])];
  const alike = lookalikesAmong(hosts).filter(
    ({ name, like }) => !change.some((one) => isOfBoth(one, name, like)),
  );
  return [...change, ...alike.map(({ name, like }) => ({ name, other: like, isChange: false }))];
}

/** Whether a pair of names says no more than one that is told already. */
function isOfBoth({ name, other }: NameToCheck, one: string, another: string): boolean {
  const owner = (address: string) => splitAddress(address).strong.split('.')[0];
  const told = [owner(name), owner(other)];
  return told.includes(owner(one)) && (told.includes(owner(another)) || looksLike(name, another));
}

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
