/** The client id metadata document (Z20): which one is used, and trying another. */
import { useState } from 'preact/hooks';
import type { DocumentFault } from '../../shared/facts/document-fault.ts';
import type { Settings } from '../../shared/settings.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { Field } from '../kit/field.tsx';
import { requestHostAccess } from '../kit/host-access.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { Section } from './section.tsx';

const FAULTS: Record<DocumentFault, PlainKey> = {
  address: 'documentFaultAddress',
  unreadable: 'documentFaultUnreadable',
  malformed: 'documentFaultMalformed',
  client_id: 'documentFaultClientId',
  redirect_uris: 'documentFaultRedirect',
};

interface DocumentProps {
  setting: Settings['clientDocument'];
  builtIn: string | undefined;
  redirectUri: string;
  changed: () => void;
}

type State = 'idle' | 'checking' | 'saved' | 'failed' | DocumentFault;

/** A document is used once it was found to be usable, or when the user vouches for one that cannot be read. */
function useDocument({ setting, changed }: Pick<DocumentProps, 'setting' | 'changed'>) {
  const [url, setUrl] = useState(setting?.url ?? '');
  const [state, setState] = useState<State>('idle');
  const address = url.trim();
  const use = async (clientDocument: NonNullable<Settings['clientDocument']> | null) => {
    await ask('configure', { clientDocument });
    setState('saved');
    changed();
  };
  const check = async () => {
    setState('checking');
    const verdict = await ask('checkDocument', { url: address });
    if (verdict.usable) await use({ url: address, trusted: false });
    else setState(verdict.fault);
  };
  const orFail = (work: Promise<void>) => void work.catch(() => setState('failed'));
  return {
    url,
    state,
    type: (next: string) => {
      setUrl(next);
      setState('idle');
    },
    check: (event: Event) => {
      event.preventDefault();
      if (state !== 'checking') orFail(check());
    },
    trust: () => orFail(use({ url: address, trusted: true })),
    reset: () => {
      setUrl('');
      orFail(use(null));
    },
    // Synchronously inside the click, or the browser does not ask.
    readAndCheck: () => {
      const asked = requestHostAccess([`https://${new URL(address).hostname}/*`]);
      if (asked) orFail(asked.then(check));
    },
  };
}

/** Which document is in use, and the field for another one. */
export function ClientDocument({ setting, builtIn, redirectUri, changed }: DocumentProps) {
  const { url, state, type, check, trust, reset, readAndCheck } = useDocument({ setting, changed });
  return (
    <Section id="document" heading="documentHeading" explained="documentExplained">
      <InUse setting={setting} builtIn={builtIn} />
      <form class="client-form" noValidate onSubmit={check}>
        <Field
          id="document-url"
          label="documentAddress"
          type="url"
          value={url}
          fault={isFault(state) ? FAULTS[state] : undefined}
          change={type}
        />
        {state === 'redirect_uris' && <code>{redirectUri}</code>}
        <Said state={state} />
        {state === 'unreadable' && <Unreadable read={readAndCheck} trust={trust} />}
        <div class="row-of-buttons">
          <button id="check-document" class="button" type="submit">
            {text('documentCheck')}
          </button>
          {setting && (
            <button id="reset-document" class="button" type="button" onClick={reset}>
              {text(builtIn === undefined ? 'documentUseNone' : 'documentReset')}
            </button>
          )}
        </div>
      </form>
    </Section>
  );
}

function isFault(state: State): state is DocumentFault {
  return state in FAULTS;
}

function InUse({ setting, builtIn }: Pick<DocumentProps, 'setting' | 'builtIn'>) {
  const url = setting?.url ?? builtIn;
  const own = setting?.trusted ? 'documentTrusted' : 'documentOwn';
  const words = setting ? own : builtIn === undefined ? 'documentNone' : 'documentBuiltIn';
  return (
    <p id="document-in-use">
      {text(words)} {url !== undefined && <Address of={url} />}
    </p>
  );
}

/** Read aloud: that it is being checked, and how the check ended. */
function Said({ state }: { state: State }) {
  const bad = state === 'failed';
  return (
    <p class={bad ? 'fault' : 'hint'} role="status">
      {state === 'checking' && text('documentChecking')}
      {state === 'saved' && text('settingSaved')}
      {state === 'failed' && text('notSaved')}
    </p>
  );
}

function Unreadable({ read, trust }: { read: () => void; trust: () => void }) {
  return (
    <div class="warning unreadable">
      <p>{text('documentTrustExplained')}</p>
      <div class="row-of-buttons">
        <button id="read-document" class="button button-small" type="button" onClick={read}>
          {text('documentRead')}
        </button>
        <button id="trust-document" class="button button-small" type="button" onClick={trust}>
          {text('documentTrust')}
        </button>
      </div>
    </div>
  );
}
