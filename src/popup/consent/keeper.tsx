/** Who will hold the key, said in one line; and the choice that no site ever does. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { Switch } from '../kit/switch.tsx';
import { text, type PlainKey } from '../kit/text.ts';

/** One line; nothing where the question isn't about access. */
export function KeeperLine({ snapshot, sealed }: { snapshot: PromptSnapshot; sealed: boolean }) {
  const { stage, keeper, hands } = snapshot;
  if (stage !== 'allow' || keeper === undefined) return null;
  if (hands && !sealed) {
    return (
      <p class="warning" id="hands">
        {text('warnHands')}
      </p>
    );
  }
  const words = sealed ? 'broker' : snapshot.sealed ? 'page' : keeper;
  return (
    <p class="aside" id="keeper" data-keeper={words}>
      {text(words === 'page' ? 'givenKey' : keptWords(snapshot))}
    </p>
  );
}

/** What the browser is still to be asked for may be declined. */
function keptWords({ hostAccess, resource }: PromptSnapshot): PlainKey {
  const { protocol, hostname } = new URL(resource);
  return hostAccess.includes(`${protocol}//${hostname}/*`) ? 'keptKeyIfReached' : 'keptKey';
}

interface SealChoiceProps {
  value: boolean;
  change: (sealed: boolean) => void;
}

/** The user's own choice, folded away; like the duration, it doesn't put Allow back to sleep. */
export function SealChoice({ value, change }: SealChoiceProps) {
  return (
    <details class="options">
      <summary>{text('moreOptions')}</summary>
      <Switch
        id="seal"
        label={text('sealLabel')}
        note={text('sealHint')}
        checked={value}
        change={change}
      />
    </details>
  );
}
