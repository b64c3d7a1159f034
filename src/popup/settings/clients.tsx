/** Clients that the user has registered at an authorization server, one per issuer; secrets are never shown. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClientView } from '../../shared/settings.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { Copy } from '../kit/copy.tsx';
import { text } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { ClientForm } from './client-form.tsx';
import { Section, StatusLine } from './section.tsx';

interface ClientsProps {
  clients: readonly ClientView[];
  redirectUri: string;
  /** An issuer for which the user was sent here to enter a client id. */
  wanted: string | undefined;
  changed: () => void;
}

type Said = 'settingSaved' | 'clientDeleted' | 'notSaved';

/** What is being edited, and what came of the last change. */
function useClients({ wanted, changed }: Pick<ClientsProps, 'wanted' | 'changed'>) {
  // The issuer that is being edited; the empty string for a new one.
  const [editing, setEditing] = useState<string | undefined>(wanted);
  const [said, setSaid] = useState<Said>();
  const section = useRef<HTMLDivElement>(null);
  useEffect(() => setEditing(wanted), [wanted]);

  const open = (issuer: string) => {
    setSaid(undefined);
    setEditing(issuer);
  };
  const close = (outcome?: Said) => {
    setSaid(outcome);
    setEditing(undefined);
    changed();
    // What had the focus is gone; the buttons are there again after the next paint.
    requestAnimationFrame(() => {
      const row = `[data-issuer="${CSS.escape(editing ?? '')}"] .edit`;
      const button = section.current?.querySelector<HTMLElement>(row);
      (button ?? section.current?.querySelector<HTMLElement>('#add-client'))?.focus();
    });
  };
  const remove = (issuer: string) => {
    ask('deleteClient', { issuer }).then(
      () => close('clientDeleted'),
      () => setSaid('notSaved'),
    );
  };
  return { editing, said, section, open, close, remove };
}

/** The list, and the form for a new one or in place of the one that is being changed. */
export function Clients({ clients, redirectUri, wanted, changed }: ClientsProps) {
  const { editing, said, section, open, close, remove } = useClients({ wanted, changed });
  const held = clients.find(({ issuer }) => issuer === editing);
  const form = editing !== undefined && (
    <ClientForm
      key={editing}
      issuer={editing}
      held={held}
      taken={clients.map(({ issuer }) => issuer)}
      saved={() => close('settingSaved')}
      cancel={() => close()}
    />
  );
  return (
    <Section id="client" heading="clientsHeading" explained="clientsExplained">
      <div class="parts" ref={section}>
        <RedirectUri redirectUri={redirectUri} />
        {clients.length === 0 && editing === undefined && <p>{text('clientsNone')}</p>}
        <ul class="rows" id="client-list">
          {clients.map((client) => (
            <li class="tag" key={client.issuer} data-issuer={client.issuer}>
              <h3>
                <Address of={client.issuer} />
              </h3>
              {client === held ? form : <ClientRow {...{ client, remove, open }} />}
            </li>
          ))}
        </ul>
        {!held && form}
        <StatusLine said={said && text(said)} bad={said === 'notSaved'} />
        {editing === undefined && (
          <button class="button" id="add-client" type="button" onClick={() => open('')}>
            {text('clientAdd')}
          </button>
        )}
      </div>
    </Section>
  );
}

function RedirectUri({ redirectUri }: { redirectUri: string }) {
  return (
    <div>
      <p>{text('clientStepRedirect')}</p>
      <p class="to-copy">
        <code id="redirect-uri">{redirectUri}</code>{' '}
        <Copy of={redirectUri} fullLabel="copyRedirect" />
      </p>
    </div>
  );
}

interface RowProps {
  client: ClientView;
  open: (issuer: string) => void;
  remove: (issuer: string) => void;
}

function ClientRow({ client, open, remove }: RowProps) {
  const { issuer, clientId, hasSecret, redirectUri } = client;
  // What came of it the section says; until it is gone, the question stays.
  const { state, open: openDelete, keep } = useConfirmed();
  return (
    <>
      <ul class="facts">
        <li>
          {text('termClientId')} <code>{clientId}</code>
        </li>
        {redirectUri !== undefined && (
          <li>
            {text('clientRedirectLabel')} <code>{redirectUri}</code>
          </li>
        )}
        {hasSecret && <li>{text('clientSecretStored')}</li>}
      </ul>
      {state.step === 'asking' ? (
        <Confirm
          question={text('clientDeleteAsk')}
          yes={text('clientDeleteConfirm')}
          confirm={() => remove(issuer)}
          keep={keep}
          isGrave
        />
      ) : (
        <div class="row-of-buttons">
          <button
            class="button button-small edit"
            type="button"
            aria-label={text('clientEditLabel', issuer)}
            onClick={() => open(issuer)}
          >
            {text('clientEdit')}
          </button>
          <AskingButton
            class="delete"
            label={text('clientDeleteLabel', issuer)}
            returned={state.step === 'kept'}
            open={openDelete}
          >
            {text('clientDelete')}
          </AskingButton>
        </div>
      )}
    </>
  );
}
