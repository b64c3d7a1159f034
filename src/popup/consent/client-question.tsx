/** Stage `client`: what to do at the sign-in provider, and the fields for what one gets there. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { ClientDraft, ClientFaults } from '../kit/client-draft.ts';
import { ClientFields } from '../kit/client-fields.tsx';
import { Copy } from '../kit/copy.tsx';
import { useFaultFocus } from '../kit/field.tsx';
import { text } from '../kit/text.ts';
import { RecipeLine } from './recipe-line.tsx';

interface ClientQuestionProps {
  snapshot: PromptSnapshot;
  draft: ClientDraft;
  faults: ClientFaults;
  change: (draft: ClientDraft) => void;
  attempt: number;
}

/** Enter in a field sends nothing: only the button does, once it is awake (T-15). */
export function ClientQuestion(props: ClientQuestionProps) {
  const { snapshot, draft, faults, change, attempt } = props;
  const fields = useFaultFocus<HTMLLIElement>(attempt);
  const { redirectUri = '' } = snapshot;
  return (
    <section class="by-hand">
      <p class="lead">{text('clientExplained')}</p>
      {snapshot.recipe && <RecipeLine name={snapshot.recipe.name} />}
      <ol>
        <li>
          <p>{text('clientStepRegister')}</p>
        </li>
        <li>
          <p>{text('clientStepRedirect')}</p>
          <p class="to-copy">
            <code id="redirect-uri">{redirectUri}</code>{' '}
            <Copy of={redirectUri} fullLabel="copyRedirect" />
          </p>
        </li>
        <li ref={fields}>
          <p>{text('clientStepId')}</p>
          <ClientFields draft={draft} faults={faults} change={change} />
        </li>
      </ol>
      <p class="aside">{text('clientElse')}</p>
    </section>
  );
}
