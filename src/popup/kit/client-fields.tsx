/** The fields of a client registered by hand; the same in the prompt and in the settings. */
import type { ClientAuthMethod } from '../../shared/facts/client-auth.ts';
import type { ClientDraft, ClientFaults } from './client-draft.ts';
import { Field } from './field.tsx';
import { text, type PlainKey } from './text.ts';

const METHODS: Record<ClientAuthMethod, PlainKey> = {
  none: 'clientAuthNone',
  client_secret_basic: 'clientAuthBasic',
  client_secret_post: 'clientAuthPost',
};

interface ClientFieldsProps {
  draft: ClientDraft;
  faults: ClientFaults;
  change: (draft: ClientDraft) => void;
  /** Whether a secret is stored that an empty field keeps. */
  hasSecret?: boolean;
}

/** Client id, whether there is a secret and how it is sent, and the secret. */
export function ClientFields({ draft, faults, change, hasSecret = false }: ClientFieldsProps) {
  return (
    <>
      <Field
        id="client-id"
        label="termClientId"
        value={draft.clientId}
        fault={faults.clientId}
        change={(clientId) => change({ ...draft, clientId })}
      />
      <div class="field">
        <label for="client-auth">{text('termClientSecret')}</label>
        <select
          id="client-auth"
          value={draft.authMethod}
          onChange={(event) =>
            change({ ...draft, authMethod: event.currentTarget.value as ClientAuthMethod })
          }
        >
          {Object.entries(METHODS).map(([method, key]) => (
            <option key={method} value={method}>
              {text(key)}
            </option>
          ))}
        </select>
      </div>
      {draft.authMethod !== 'none' && (
        <Field
          id="client-secret"
          label="clientSecret"
          type="password"
          value={draft.clientSecret}
          hint={hasSecret ? 'clientSecretKept' : 'clientSecretNever'}
          fault={faults.clientSecret}
          change={(clientSecret) => change({ ...draft, clientSecret })}
        />
      )}
      <details open={(draft.redirectUri ?? '') !== '' || faults.redirectUri !== undefined}>
        <summary>{text('clientRedirect')}</summary>
        <Field
          id="client-redirect"
          label="clientRedirectLabel"
          type="url"
          hint="returnAddressHint"
          value={draft.redirectUri ?? ''}
          fault={faults.redirectUri}
          change={(redirectUri) => change({ ...draft, redirectUri })}
        />
      </details>
    </>
  );
}
