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
  /** Scopes that this decision would add; `offline_access` is one of them. */
  added: string[];
  /** Scopes that this client was allowed before. */
  held: string[];
}

/** The sign-in page: any name will do, one click is enough. */
export function signInPage(action: string, suggested: string): string {
  return page(
    'Sign in',
    `<h1>Sign in to Demo ID</h1>
     <p class="lead">Demo ID keeps the accounts for this demo’s notes. Any name will do, without a password.</p>
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
  return `<li><label><input type="checkbox" name="scope" value="${escape(scope)}" checked> ${named(scope)}</label></li>`;
}

function listed(scope: string): string {
  return `<li><span class="tick" aria-hidden="true">✓</span> ${named(scope)}</li>`;
}

/** The one scope that says nothing of notes is explained. */
function named(scope: string): string {
  const meaning = scope === 'offline_access' ? ' Stay signed in' : '';
  return `<code>${escape(scope)}</code>${meaning}`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title} · Demo ID</title><style>${STYLE}</style>
</head>
<body><main><p class="brand">${MARK} Demo ID</p><div>${body}</div></main></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A fingerprint, as nobody else in the demo has one. */
const MARK = `<svg viewBox="0 0 48 48" aria-hidden="true"><path d="M10 38c3-6 2-10 2-15a12 12 0 0 1 24 0c0 8 0 11-2 17M18 41c3-6 3-11 3-18a3 3 0 0 1 6 0c0 9 0 13-2 19M5 30c1-3 1-5 1-8A18 18 0 0 1 42 20c1 6 1 9 0 14"/></svg>`;

/** Another company than the sites: a band with its mark, letters with serifs, and corners that are not round. */
const STYLE = `
:root { --paper: #fff; --ground: #efe6f1; --ink: #241728; --soft: #65566a; --line: #d4c2d9; --accent: #7a1f7c; --band: #5a145c; --on: #fff }
@media (prefers-color-scheme: dark) {
  :root { --paper: #241a28; --ground: #150e18; --ink: #f5edf7; --soft: #bfaec5; --line: #4c3a52; --accent: #e7a6ea; --band: #46104a; --on: #241728 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 Georgia, 'DejaVu Serif', serif }
main { width: 100%; max-width: 28rem; background: var(--paper); border: 1px solid var(--line) } main > div { padding: 20px 28px 24px }
.brand { display: flex; gap: 12px; align-items: center; margin: 0; padding: 12px 28px; background: var(--band); color: #fff; font-size: 20px; letter-spacing: 0.02em }
.brand svg { width: 32px; height: 32px; fill: none; stroke: #fff; stroke-width: 4; stroke-linecap: round }
h1 { margin: 0 0 6px; font-size: 22px; font-weight: 400; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
.lead { margin: 0 0 12px; color: var(--soft) } .lead strong { color: var(--ink) }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere } .lead code { font-size: 13px }
label { font-weight: 700 } li label { font-weight: 400 }
input[name=login] { width: 100%; margin-top: 4px; padding: 10px 12px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--soft) }
input[type=checkbox] { width: 18px; height: 18px; margin: 0 6px 0 0; vertical-align: -3px; accent-color: var(--accent) }
dl { margin: 0 0 12px } dt { font-size: 14px; color: var(--soft) } dd { margin: 0 }
fieldset { margin: 0 0 12px; padding: 4px 14px 8px; border: 1px solid var(--line) }
legend { padding: 0 6px; font-size: 14px; font-weight: 700; color: var(--soft) }
ul { margin: 0; padding: 0; list-style: none } li { padding: 4px 0 } .tick { color: var(--accent) }
.actions { display: flex; gap: 10px; margin-top: 16px }
button { flex: 1; min-height: 44px; padding: 10px; font: inherit; font-weight: 700; color: var(--on); background: var(--accent); border: 1px solid var(--accent); cursor: pointer }
button.quiet { color: var(--ink); background: transparent; border-color: var(--soft) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }`;
