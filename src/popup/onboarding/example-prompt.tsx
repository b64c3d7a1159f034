/**
 * What a request looks like: the parts of the prompt itself, about a site that does not exist. It is inert: nobody is to
 * learn that pressing Allow does nothing.
 */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { siteName } from '../kit/address-parts.ts';
import { Masthead } from '../kit/mark.tsx';
import { NAME_PLACES, NamedHeading } from '../kit/named-heading.tsx';
import { Parties } from '../kit/parties.tsx';
import { ScopeLine } from '../kit/scope-line.tsx';
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
          <NamedHeading
            as="p"
            words={text('allowHeading', ...NAME_PLACES)}
            names={[siteName(EXAMPLE.origin), siteName(SERVER)]}
          />
          <Parties snapshot={EXAMPLE} />
          <section class="scopes scopes-new">
            <p class="scopes-label">
              {text('scopesAsked')} <span class="guess">{text('scopesGuess')}</span>
            </p>
            <ul>
              {EXAMPLE.scopes.added.map((scope) => (
                <li key={scope}>
                  <ScopeLine scope={scope} />
                </li>
              ))}
            </ul>
          </section>
          <div class="buttons">
            <span class="button">{text('deny')}</span>
            <span class="button button-main">{text('allow')}</span>
          </div>
        </div>
      </div>
    </section>
  );
}
