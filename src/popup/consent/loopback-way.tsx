/** After a failure that may be due to the return address: the addresses on this computer (Z35). */
import { useState } from 'preact/hooks';
import { isLoopbackRedirect } from '../../shared/facts/loopback-redirect.ts';
import type { Again, Failure, LoopbackOffer } from '../../shared/prompt.ts';
import { Copy } from '../kit/copy.tsx';
import { Field, useFaultFocus } from '../kit/field.tsx';
import { dropHostAccess, requestHostAccess } from '../kit/host-access.ts';
import { text } from '../kit/text.ts';

type Retry = (again: Again) => Promise<boolean>;

/** To be called in a click: the browser asks only there. What it gives is given back when nothing comes of it. */
async function tryAt(returnTo: string, missing: string[], retry: Retry): Promise<boolean> {
  await requestHostAccess(missing);
  const isStarted = await retry({ returnTo }).catch(() => false);
  if (!isStarted && missing.length > 0) await dropHostAccess(missing);
  return isStarted;
}

/** Signs in by any address on this computer; undefined where none is left to try. */
export function useLoopback({ loopback }: Failure, retry: Retry) {
  if (!loopback?.isLeft) return undefined;
  return () => tryAt('loopback', loopback.missing, retry);
}

interface LoopbackWayProps {
  redirectUri: string;
  loopback: LoopbackOffer;
  retry: Retry;
}

/** What else the provider could allow, and a field for the address that its instructions name. */
export function LoopbackWay({ redirectUri, loopback, retry }: LoopbackWayProps) {
  const { uri, missing } = loopback;
  return (
    <>
      {uri !== redirectUri && (
        <>
          <p>{text('returnAddressHere')}</p>
          <p class="to-copy">
            <code id="loopback-uri">{uri}</code> <Copy of={uri} fullLabel="copyRedirect" />
          </p>
        </>
      )}
      <GivenAddress use={(address) => tryAt(address, missing, retry)} />
    </>
  );
}

function GivenAddress({ use }: { use: (address: string) => Promise<boolean> }) {
  const [address, setAddress] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<'idle' | 'running' | 'wrong' | 'gone'>('idle');
  const form = useFaultFocus<HTMLFormElement>(attempt);
  const send = (event: Event) => {
    event.preventDefault();
    if (state === 'running') return;
    const exact = address.trim();
    setAttempt((last) => last + 1);
    if (!isLoopbackRedirect(exact)) return setState('wrong');
    setState('running');
    void use(exact).then((isStarted) => !isStarted && setState('gone'));
  };
  return (
    <details id="given-address">
      <summary>{text('givenAddress')}</summary>
      <form ref={form} onSubmit={send} noValidate>
        <Field
          id="return-to"
          label="givenAddressLabel"
          type="url"
          value={address}
          hint="returnAddressHint"
          fault={state === 'wrong' ? 'returnAddressBad' : undefined}
          change={setAddress}
        />
        <button class="button button-small" type="submit" aria-disabled={state === 'running'}>
          {text('givenAddressUse')}
        </button>
        <p role="status">{state === 'gone' && text('retryGone')}</p>
      </form>
    </details>
  );
}
