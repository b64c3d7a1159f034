/** Every key that the user has entered, those included that no site may use any more. */
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { KeyCard } from '../kit/key-card.tsx';
import { text } from '../kit/text.ts';
import { useLive } from '../kit/use-live.ts';
import { Section } from './section.tsx';

const loadKeys = () => ask('serverKeys', {});

/** A list, each with its buttons. */
export function ServerKeys() {
  const { value, failed } = useLive(loadKeys);
  if (value?.length === 0) {
    return <Section id="keys" heading="keysHeading" explained="keysNone" isEmpty />;
  }
  return (
    <Section id="keys" heading="keysHeading" explained="keysExplained">
      {failed && (
        <p class="warning" role="alert">
          {text('failSilent')} {text('nextReopen')}
        </p>
      )}
      <ul class="rows" id="key-list">
        {value?.map((key) => (
          <li class="tag" key={`${key.resource} ${key.account}`}>
            <h3>
              <Address of={key.resource} />
            </h3>
            <KeyCard of={key} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
