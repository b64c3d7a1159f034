/** A browser without a screen: cookies, redirects, and a user who clicks on the demo's pages. */

/** What the user does on the pages that come up. */
export interface Choices {
  login?: string;
  /** Refuse on the authorization page instead of authorizing. */
  refuse?: boolean;
  /** Scopes to untick. */
  untick?: readonly string[];
}

/** How a journey ended. */
export interface Journey {
  /** Where the authorization server sent the browser; absent when it never left. */
  location?: URL;
  status: number;
  /** The last page shown, if it never left. */
  html: string;
  /** Titles and offered scopes of the pages on the way. */
  pages: { title: string; added: string[]; held: string[]; client: string }[];
}

/** One browser profile: its cookies survive from journey to journey. */
export class UserAgent {
  readonly #cookies = new Map<string, { path: string; value: string }>();

  /** Opens an address at the authorization server and does what a user would, until the browser leaves it. */
  async open(start: string | URL, choices: Choices = {}): Promise<Journey> {
    const { origin } = new URL(start);
    const pages: Journey['pages'] = [];
    let url = new URL(start);
    let form: URLSearchParams | undefined;

    for (let hop = 0; hop < 20; hop++) {
      const response = await this.#request(url, form);
      const location = response.headers.get('location');
      if (location !== null) {
        const next = new URL(location, url);
        if (next.origin !== origin) {
          return { location: next, status: response.status, html: '', pages };
        }
        [url, form] = [next, undefined];
        continue;
      }
      const html = await response.text();
      const onward = submittedByScript(html);
      if (onward) {
        [url, form] = [new URL(onward.action, url), onward.form];
        continue;
      }
      form = filledForm(html, choices);
      if (!form) return { status: response.status, html, pages };
      pages.push(seenOn(html));
    }
    throw new Error('the journey does not end');
  }

  async #request(url: URL, form?: URLSearchParams): Promise<Response> {
    const cookies = [...this.#cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies.join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, { path, value });
    }
    return response;
  }
}

/** A page whose script submits its form at once: `oidc-provider` leaves one user's session for another's so. */
function submittedByScript(html: string) {
  const action =
    /forms\[0\]\.submit\(\)/.test(html) && /<form[^>]* action="([^"]*)"/.exec(html)?.[1];
  if (!action) return undefined;
  const inputs = html.matchAll(/<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"/g);
  return {
    action,
    form: new URLSearchParams([...inputs].map(([, name, value]) => [name!, value!])),
  };
}

function filledForm(html: string, { login, refuse, untick = [] }: Choices) {
  if (html.includes('id="sign-in"')) {
    const suggested = /name="login" value="([^"]*)"/.exec(html)?.[1] ?? '';
    return new URLSearchParams({ decision: 'sign-in', login: login ?? suggested });
  }
  if (!html.includes('id="authorize"')) return undefined;
  const form = new URLSearchParams({ decision: refuse ? 'refuse' : 'authorize' });
  const { added } = seenOn(html);
  for (const scope of added) if (!untick.includes(scope)) form.append('scope', scope);
  return form;
}

function seenOn(html: string): Journey['pages'][number] {
  const [heldPart = ''] = /<fieldset id="held">.*?<\/fieldset>/s.exec(html) ?? [];
  return {
    title: /<title>(.*?)<\/title>/.exec(html)?.[1] ?? '',
    added: [...html.matchAll(/name="scope" value="([^"]*)"/g)].map((m) => m[1] ?? ''),
    held: [...heldPart.matchAll(/<code>(.*?)<\/code>/g)].map((m) => m[1] ?? ''),
    client: /<span id="client">(.*?)<\/span>/.exec(html)?.[1] ?? '',
  };
}
