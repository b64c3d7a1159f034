/** The switch by which the broker stops serving one site; what was allowed stays. */
import { useContext, useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { Switch } from '../kit/switch.tsx';
import { text } from '../kit/text.ts';
import { Board } from './board.ts';

/** Shows what the background took, not what was clicked; says what a pause is only while there is one. */
export function PauseSwitch({ site, paused }: { site: string; paused: boolean }) {
  const { changed } = useContext(Board);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const toggle = (isOn: boolean, box: HTMLInputElement) => {
    setBusy(true);
    setFailed(false);
    ask('pause', { origin: site, paused: isOn })
      .then(changed, () => {
        box.checked = paused;
        setFailed(true);
      })
      .finally(() => setBusy(false));
  };
  return (
    <div class={paused ? 'pause paused' : 'pause'}>
      <Switch
        id="pause"
        label={text(paused ? 'pausedSite' : 'pauseSite')}
        note={paused ? text('pausedExplained') : undefined}
        checked={paused}
        busy={busy}
        change={toggle}
      />
      {failed && (
        <p class="warning" role="alert">
          {text('notSaved')}
        </p>
      )}
    </div>
  );
}
