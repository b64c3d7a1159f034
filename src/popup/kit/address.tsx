/** One address on screen. The whole of it is there and wraps where it must; a long path may be folded, a host never. */
import { useState } from 'preact/hooks';
import { findPlace, foldAddress, isCoded, splitAddress } from './address-parts.ts';
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

/** The same on two lines where its path is long, the host whole on the first; a button shows the rest. */
export function FoldedAddress({ of }: { of: string }) {
  const [isOpen, setOpen] = useState(false);
  const { before, strong, after, rest, isLong } = foldAddress(of);
  if (!isLong) return <Address of={of} />;
  return (
    <>
      <span class={isOpen ? 'address' : 'address address-folded'}>
        {before}
        <strong>{strong}</strong>
        {after}
        <span class="address-rest">{rest}</span>
      </span>{' '}
      <button
        class="quiet address-more"
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {text(isOpen ? 'showLess' : 'showAll')}
      </button>
    </>
  );
}

interface AddressMarksProps {
  of: string;
  /** True when the place was said of another address on the screen. */
  isPlaceSaid?: boolean;
}

/** What a person should notice about an address: where it is, and that its letters are coded. */
export function AddressMarks({ of, isPlaceSaid = false }: AddressMarksProps) {
  const place = findPlace(of);
  return (
    <>
      {place !== 'internet' && !isPlaceSaid && <span class="mark">{text(PLACE[place])}</span>}{' '}
      {isCoded(of) && <span class="mark mark-warn">{text('addressCoded')}</span>}
    </>
  );
}
