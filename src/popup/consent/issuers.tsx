/** Several authorization servers (RFC 9728 §2): the user picks; another one means another question. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Address, AddressMarks } from '../kit/address.tsx';
import { text } from '../kit/text.ts';

interface IssuersProps {
  issuers: readonly string[];
  /** The one that the question is about. */
  issuer: string;
  /** True when the question is on the screen because the user has just picked here: so the focus stays here. */
  stays: boolean;
  /** Called once the focus is here. */
  arrived: () => void;
  /** True when the last pick failed. */
  failed: boolean;
  choose: (issuer: string) => void;
}

/** The list with its choice; while an answer is on its way, the window shows the progress instead. */
export function Issuers({ issuers, issuer: chosen, stays, arrived, failed, choose }: IssuersProps) {
  const list = useRef<HTMLFieldSetElement>(null);
  useLayoutEffect(() => {
    if (!stays) return;
    list.current?.querySelector<HTMLInputElement>(':checked')?.focus();
    arrived();
  }, []);
  return (
    <fieldset class="issuers" id="issuers" ref={list} aria-describedby="issuers-explained">
      <legend>{text('issuersHeading')}</legend>
      <p class="hint" id="issuers-explained">
        {text('issuersExplained')}
      </p>
      {issuers.map((issuer) => (
        <label
          key={issuer}
          class="pick-row"
          data-read={issuer === chosen ? 'party provider' : undefined}
        >
          <input
            type="radio"
            name="issuer"
            value={issuer}
            checked={issuer === chosen}
            onChange={() => choose(issuer)}
          />
          <span>
            <Address of={issuer} /> <AddressMarks of={issuer} />
          </span>
        </label>
      ))}
      {failed && (
        <p class="fault" role="alert">
          {text('issuersFailed')}
        </p>
      )}
    </fieldset>
  );
}
