/** One call of a page through the page door, for the bars of the network. */
import type { Core } from '../../../src/background/assemble.ts';
import type { PagePort } from '../../../src/background/ports/ports.ts';
import type { BrokerMessage, TokenParams } from '../../../src/shared/page-contract.ts';

/** Resolves the code with which the call ended; `token` for a token. */
export function callAsPage(
  { pages }: Pick<Core, 'pages'>,
  { origin, tabId = 1 }: { origin: string; tabId?: number },
  params: TokenParams,
): Promise<string> {
  return new Promise((resolve) => {
    let say: (message: unknown) => void = () => undefined;
    const port: PagePort = {
      post: (message: BrokerMessage) => {
        if ('ok' in message) resolve(message.ok ? 'token' : message.error.code);
      },
      onMessage: (listener) => void (say = listener),
      onClosed: () => undefined,
      close: () => undefined,
    };
    pages.serve(port, { origin, tabId });
    say({ v: 1, id: 1, call: 'getToken', params });
  });
}
