/**
 * What the user sees at the authorization server: sign-in, authorization, failure. Plain HTML without script;
 * every value that comes from a client or a user is escaped.
 */

/** What a consent page shows. */
export interface AuthorizationView {
  action: string;
  account: string;
  clientName: string;
  /** Where the browser goes afterwards; the user may know it even when the name lies. */
  redirectHost: string;
  resources: string[];
  /** Scopes that this decision would add. */
  added: string[];
  /** Scopes that this client was allowed before. */
  held: string[];
  /** Whether the client wants to stay connected without the user (`offline_access`). */
  offline: boolean;
}

/** The sign-in page: any name will do, one click is enough. */
export function signInPage(action: string, suggested: string): string {
  return page(
    'Sign in',
    `<h1>Sign in</h1>
     <p class="lead">Demo ID is the authorization server of this demo. Any name will do; there is no password.</p>
     <form method="post" action="${escape(action)}">
       <label for="login">Name</label>
       <input id="login" name="login" value="${escape(suggested)}" autocomplete="username" required maxlength="40" autofocus>
       <div class="actions">
         <button id="sign-in" name="decision" value="sign-in">Sign in</button>
         <button id="refuse" name="decision" value="refuse" class="quiet" formnovalidate>Cancel</button>
       </div>
     </form>`,
  );
}

/** The authorization page: what is new can be unticked, what was allowed before is listed. */
export function authorizationPage(view: AuthorizationView): string {
  return page(
    'Authorize',
    `<h1>Authorize <span id="client">${escape(view.clientName)}</span>?</h1>
     <p class="lead">Signed in as <strong id="account">${escape(view.account)}</strong>.
       You return to <code id="redirect-host">${escape(view.redirectHost)}</code>.</p>
     <form method="post" action="${escape(view.action)}">
       <dl><dt>MCP server</dt>${view.resources.map((r) => `<dd><code>${escape(r)}</code></dd>`).join('')}</dl>
       ${group('added', 'New', view.added.map(checkbox))}
       ${group('held', 'Already authorized', view.held.map(listed))}
       ${view.offline ? '<p id="offline" class="note">Stays authorized until you disconnect it.</p>' : ''}
       <div class="actions">
         <button id="authorize" name="decision" value="authorize">Authorize</button>
         <button id="refuse" name="decision" value="refuse" class="quiet">Refuse</button>
       </div>
     </form>`,
  );
}

/** The page for a request that may not be answered by a redirect. */
export function failurePage(error: string, description: string): string {
  return page(
    'Not possible',
    `<h1>This request cannot be served</h1>
     <p class="lead"><code id="error">${escape(error)}</code></p><p>${escape(description)}</p>`,
  );
}

function group(id: string, title: string, items: string[]): string {
  if (items.length === 0) return '';
  return `<fieldset id="${id}"><legend>${title}</legend><ul>${items.join('')}</ul></fieldset>`;
}

function checkbox(scope: string): string {
  return `<li><label><input type="checkbox" name="scope" value="${escape(scope)}" checked> <code>${escape(scope)}</code></label></li>`;
}

function listed(scope: string): string {
  return `<li><span class="tick" aria-hidden="true">✓</span> <code>${escape(scope)}</code></li>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title} · Demo ID</title><style>${STYLE}</style>
</head>
<body><main><p class="brand"><span aria-hidden="true">◆</span> Demo ID</p>${body}</main></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { --paper: #fff; --ground: #eef1f6; --ink: #18202f; --soft: #5a6577; --line: #d6dce6; --accent: #3346c4; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1a2030; --ground: #10141e; --ink: #edf0f7; --soft: #a3aec2; --line: #343d52; --accent: #9fb0ff; --on: #10141e; }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 27rem; padding: 24px 28px; background: var(--paper); border: 1px solid var(--line); border-radius: 16px }
.brand { margin: 0 0 12px; color: var(--soft); font-size: 14px; font-weight: 600 } .brand span { color: var(--accent) }
h1 { margin: 0 0 6px; font-size: 22px; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
.lead, .note { margin: 0 0 12px; color: var(--soft) } .lead strong { color: var(--ink) }
code { font: 0.92em ui-monospace, monospace; overflow-wrap: anywhere } .lead code { font-size: 12px }
label { font-weight: 600 } li label { font-weight: 400 }
input[name=login] { width: 100%; margin-top: 4px; padding: 10px 12px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 10px }
input[type=checkbox] { width: 18px; height: 18px; margin: 0 6px 0 0; vertical-align: -3px; accent-color: var(--accent) }
dl { margin: 0 0 12px } dt { font-size: 13px; color: var(--soft) } dd { margin: 0 }
fieldset { margin: 0 0 12px; padding: 4px 14px 8px; border: 1px solid var(--line); border-radius: 10px }
legend { padding: 0 6px; font-size: 13px; font-weight: 600; color: var(--soft) }
ul { margin: 0; padding: 0; list-style: none } li { padding: 4px 0 } .tick { color: var(--accent) }
.actions { display: flex; gap: 10px; margin-top: 16px }
button { flex: 1; padding: 11px; font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 1px solid var(--accent); border-radius: 10px; cursor: pointer }
button.quiet { color: var(--ink); background: transparent; border-color: var(--line) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }`;
