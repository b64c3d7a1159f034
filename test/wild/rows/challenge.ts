/** How servers say 401 (E). */
import { json } from '../answers.ts';
import { nothing } from '../later.ts';
import { connects, refuses, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const CONSTRUCTED = 'constructed';

/** Challenges with this header; `@` stands for the address of the metadata. */
const says =
  (...headers: string[]) =>
  (s: WildServer) => {
    const [first = '', ...more] = headers.map((header) => header.replaceAll('@', s.resourceUrl));
    s.challenge = more.length > 0 ? [first, ...more] : first;
  };

/** Group E. */
export const CHALLENGE_ROWS: readonly Row[] = [
  {
    id: 'E01',
    variant: 'two WWW-Authenticate headers: Basic, Bearer',
    source: CONSTRUCTED,
    change: says('Basic realm="mcp"', 'Bearer resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E02',
    variant: 'Bearer then Negotiate',
    source: CONSTRUCTED,
    change: says('Bearer resource_metadata="@", Negotiate'),
    wants: connects(),
  },
  {
    id: 'E03',
    variant: 'no challenge header',
    source: 'n8n-mcp#604, SocketDev#185',
    change: (s) => (s.challenge = undefined),
    wants: connects(),
    faults: 'G01',
  },
  {
    id: 'E04',
    variant: 'Bearer only',
    source: CONSTRUCTED,
    change: says('Bearer'),
    wants: connects(),
  },
  {
    id: 'E05',
    variant: 'realm only',
    source: CONSTRUCTED,
    change: says('Bearer realm="mcp"'),
    wants: connects(),
  },
  {
    id: 'E06',
    variant: 'unquoted resource_metadata URL',
    source: 'open-webui#24730, better-auth PR 9992',
    change: says('Bearer resource_metadata=@'),
    wants: connects(),
    faults: 'W02, G11',
  },
  {
    id: 'E07',
    variant: 'single quotes',
    source: 'QwenLM/qwen-code#5343',
    change: says("Bearer resource_metadata='@'"),
    wants: connects(),
    faults: 'W03, G12',
  },
  {
    id: 'E08',
    variant: 'no comma between parameters',
    source: 'constructed',
    change: says('Bearer realm="mcp" resource_metadata="@"'),
    wants: connects(),
    faults: 'W05',
  },
  {
    id: 'E09',
    variant: 'scope separated by commas',
    source: CONSTRUCTED,
    change: says('Bearer scope="read,write", resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E10',
    variant: 'error="invalid_scope" with 401',
    source: CONSTRUCTED,
    change: says('Bearer error="invalid_scope", resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E11',
    variant: 'error_description with a non-ASCII character and quotes escaped',
    source: CONSTRUCTED,
    change: says('Bearer error_description="schl\u00fcssel \\"fehlt\\"", resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E12',
    variant: 'resource_metadata of another path on the host that has none',
    source: 'sentry-mcp#939 (class)',
    change: (s) => (s.challenge = `Bearer resource_metadata="${s.mcp}/other/metadata"`),
    wants: connects(),
  },
  {
    id: 'E13',
    variant: 'resource_metadata http for another host name (proxy)',
    source: 'agentgateway#545',
    change: says('Bearer resource_metadata="http://backend.internal:8080/metadata"'),
    wants: connects(),
  },
  {
    id: 'E14',
    variant: 'resource_metadata relative',
    source: CONSTRUCTED,
    change: says('Bearer resource_metadata="/.well-known/oauth-protected-resource/mcp"'),
    wants: connects(),
    faults: 'W06',
  },
  {
    id: 'E15',
    variant: 'resource_metadata empty',
    source: CONSTRUCTED,
    change: says('Bearer resource_metadata=""'),
    wants: connects(),
  },
  {
    id: 'E16',
    variant: 'parameter named twice',
    source: CONSTRUCTED,
    change: says('Bearer realm="a", realm="b", resource_metadata="@"'),
    wants: connects(),
    faults: 'G10',
  },
  {
    id: 'E17',
    variant: 'scope ""',
    source: CONSTRUCTED,
    change: says('Bearer scope="", resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E18',
    variant: 'semicolons between parameters',
    source: 'constructed',
    change: says('Bearer realm="mcp"; resource_metadata="@"'),
    wants: connects(),
    faults: 'W07',
  },
  {
    id: 'E19',
    variant: 'scheme OAuth instead of Bearer',
    source: CONSTRUCTED,
    change: says('OAuth resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E20',
    variant: 'two Bearer challenges (Bearer, Bearer resource_metadata=…)',
    source: CONSTRUCTED,
    change: says('Bearer, Bearer resource_metadata="@"'),
    wants: connects(),
    faults: 'W04',
  },
  {
    id: 'E21',
    variant: 'two Bearer challenges with different scopes',
    source: 'constructed',
    change: says('Bearer scope="read", Bearer scope="write", resource_metadata="@"'),
    wants: connects(),
    faults: 'W08',
  },
  {
    id: 'E22',
    variant: 'as_uri, authorization_uri (Entra) with commas inside quotes',
    source: 'Entra shape',
    change: says(
      'Bearer authorization_uri="https://login.wild.example/a,b", resource_metadata="@"',
    ),
    wants: connects(),
  },
  {
    id: 'E23',
    variant: 'DPoP and Bearer',
    source: CONSTRUCTED,
    change: says('DPoP algs="ES256", Bearer resource_metadata="@"'),
    wants: connects(),
  },
  {
    id: 'E24',
    variant: '400 in place of 401',
    source: 'docker/mcp-gateway PR 157 (class)',
    change: (s) => {
      s.at(s.url, { status: 400, headers: { ...s.cors }, body: 'Bad Request' });
    },
    wants: refuses('the page sees 400'),
    faults: 'G07',
  },
  {
    id: 'E25',
    variant: '403 in place of 401',
    source: 'docker/mcp-gateway PR 157 (Cloudinary, Neon)',
    change: (s) => {
      s.at(s.url, { status: 403, headers: { ...s.cors }, body: 'Forbidden' });
    },
    wants: refuses('the page sees 403'),
    faults: 'G06',
  },
  {
    id: 'E26',
    variant: '200 JSON-RPC error in place of 401',
    source: CONSTRUCTED,
    change: (s) => {
      const error = json({ jsonrpc: '2.0', id: 1, error: { code: -32001, message: 'sign in' } });
      s.at(s.url, { ...error, headers: { ...s.cors, ...error.headers } });
    },
    later: nothing,
    wants: connects({ asks: 0, windows: 0, later: '' }),
  },
];
