/**
 * What a request looks like: the parts of the prompt itself, about a site that does not exist. It is inert: nobody is to
 * learn that pressing Allow does nothing.
 */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { Masthead } from '../kit/mark.tsx';
import { Parties } from '../kit/parties.tsx';
import { ScopeGroups } from '../kit/scope-groups.tsx';
import { text } from '../kit/text.ts';

const SERVER = 'https://files.example.net';

const EXAMPLE: PromptSnapshot = {
  stage: 'allow',
  origin: 'https://chat.example.com',
  asked: SERVER,
  resource: SERVER,
  wider: false,
  issuer: 'https://login.example.net',
  foreignHosts: [],
  scopes: { added: ['files:read', 'files:write'], held: [] },
  serverDecides: false,
  hostAccess: [],
};

/** Marked as an example above and on it. */
export function ExamplePrompt() {
  return (
    <section class="example" aria-labelledby="example-heading">
      <h2 id="example-heading">{text('welcomeTryHeading')}</h2>
      <p class="hint">{text('welcomeTryExplained')}</p>
      <div class="example-window">
        <p class="example-mark">{text('welcomeTryMark')}</p>
        <div class="example-sheet" inert>
          <Masthead />
          <p class="example-heading">{text('allowHeading')}</p>
          <Parties snapshot={EXAMPLE} />
          <ScopeGroups snapshot={EXAMPLE} />
          <div class="buttons">
            <span class="button">{text('deny')}</span>
            <span class="button button-main">{text('allow')}</span>
          </div>
        </div>
      </div>
    </section>
  );
}
