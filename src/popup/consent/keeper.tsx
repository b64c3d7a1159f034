/** Who will hold the key, said in one line; and the choice that no site ever does. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { Switch } from '../kit/switch.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { Warning } from './warnings.tsx';

/** The site wants the key itself: that is for the user to see before Allow. */
export function HandsWarning({ snapshot, sealed }: { snapshot: PromptSnapshot; sealed: boolean }) {
  const { stage, hands } = snapshot;
  return stage === 'allow' && hands && !sealed ? (
    <Warning id="hands">{text('warnHands')}</Warning>
  ) : null;
}

/** Who will hold the key; nothing where the question isn't about access, or a warning says it. */
export function keeperWords(
  snapshot: PromptSnapshot,
  sealed: boolean,
): { keeper: 'page' | 'broker'; words: PlainKey } | undefined {
  const { stage, keeper, hands } = snapshot;
  if (stage !== 'allow' || keeper === undefined || (hands && !sealed)) return undefined;
  const holder = sealed ? 'broker' : snapshot.sealed ? 'page' : keeper;
  return { keeper: holder, words: holder === 'page' ? 'givenKey' : keptWords(snapshot) };
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
