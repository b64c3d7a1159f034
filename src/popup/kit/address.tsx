/** One address on screen. The whole of it is there, wraps where it must, and is never shortened. */
import { findPlace, isCoded, splitAddress } from './address-parts.ts';
import { type Place } from '../../shared/facts/host-kind.ts';
import { text, type PlainKey } from './text.ts';

const PLACE: Record<Exclude<Place, 'internet'>, PlainKey> = {
  'this-computer': 'placeThisComputer',
  'own-network': 'placeOwnNetwork',
};

/** The address with its registrable domain strong. */
export function Address({ of }: { of: string }) {
  const parts = splitAddress(of);
  return (
    <span class="address">
      {parts.before}
      <strong>{parts.strong}</strong>
      {parts.after}
    </span>
  );
}

/** What a person should notice about an address: where it is, and that its letters are coded. */
export function AddressMarks({ of }: { of: string }) {
  const place = findPlace(of);
  return (
    <>
      {place !== 'internet' && <span class="mark">{text(PLACE[place])}</span>}{' '}
      {isCoded(of) && <span class="mark mark-warn">{text('addressCoded')}</span>}
    </>
  );
}
