/** How servers send the person back (F). */
import { connects, refusesAfterSignIn, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const CONSTRUCTED = 'constructed';

/** Changes parameters of the response; `undefined` takes one away. */
const answers =
  (parameters: Record<string, string | undefined> | ((s: WildServer) => Record<string, string>)) =>
  (s: WildServer) => {
    const changes = typeof parameters === 'function' ? parameters(s) : parameters;
    s.callback = ({ searchParams }) => {
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) searchParams.delete(name);
        else searchParams.set(name, value);
      }
    };
  };

/** Group F. */
export const RESPONSE_ROWS: readonly Row[] = [
  {
    id: 'F01',
    variant: 'iss sent, not advertised, right',
    source: CONSTRUCTED,
    change: answers((s) => ({ iss: s.login })),
    wants: connects(),
  },
  {
    id: 'F02',
    variant: 'iss sent, not advertised, host of the authorization endpoint (Namecheap)',
    source: 'codex#38944',
    change: answers({ iss: 'https://www.wild.example' }),
    wants: refusesAfterSignIn('issuer_mismatch/iss_wrong'),
  },
  {
    id: 'F03',
    variant: 'iss sent with a slash more than the metadata says',
    source: 'constructed',
    change: answers((s) => ({ iss: `${s.login}/` })),
    wants: refusesAfterSignIn('issuer_mismatch/iss_wrong'),
    faults: 'B01',
  },
  {
    id: 'F04',
    variant: 'iss advertised, not sent (Cloudflare)',
    source: 'mcp-server-cloudflare#449, codex#37300',
    change: (s) => (s.metadata['authorization_response_iss_parameter_supported'] = true),
    wants: refusesAfterSignIn('issuer_mismatch/iss_missing'),
  },
  {
    id: 'F05',
    variant: 'extra parameters (session_state, scope, authuser, hd)',
    source: 'Google and Keycloak shapes',
    change: answers({ session_state: 'x', scope: 'read', authuser: '0', hd: 'wild.example' }),
    wants: connects(),
  },
  {
    id: 'F06',
    variant: 'error with empty code',
    source: CONSTRUCTED,
    change: answers({ error: 'access_denied', code: '' }),
    wants: refusesAfterSignIn('access_denied/provider_refused'),
  },
  {
    id: 'F07',
    variant: 'code and empty error',
    source: CONSTRUCTED,
    change: answers({ error: '' }),
    wants: refusesAfterSignIn('authorization_failed/malformed_response'),
    adr: '0036',
  },
  {
    id: 'F08',
    variant: 'error=server_error without state',
    source: CONSTRUCTED,
    change: answers({ error: 'server_error', code: undefined, state: undefined }),
    wants: refusesAfterSignIn('authorization_failed/state_wrong'),
  },
  {
    id: 'F09',
    variant: 'state lost',
    source: CONSTRUCTED,
    change: answers({ state: undefined }),
    wants: refusesAfterSignIn('authorization_failed/state_wrong'),
    adr: '0036',
  },
];
