/** The switch by which the broker stops serving one site; what was allowed stays. */
import { useContext, useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { text } from '../kit/text.ts';
import { Board } from './board.ts';

/** Shows what the background took, not what was clicked. */
export function PauseSwitch({ site, paused }: { site: string; paused: boolean }) {
  const { changed } = useContext(Board);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const toggle = (event: Event & { currentTarget: HTMLInputElement }) => {
    const box = event.currentTarget;
    setBusy(true);
    setFailed(false);
    ask('pause', { origin: site, paused: box.checked })
      .then(changed, () => {
        box.checked = paused;
        setFailed(true);
      })
      .finally(() => setBusy(false));
  };
  return (
    <div class={paused ? 'pause paused' : 'pause'}>
      <label class="switch" for="pause">
        <input
          id="pause"
          type="checkbox"
          role="switch"
          aria-describedby="pause-note"
          checked={paused}
          aria-disabled={busy}
          onChange={toggle}
        />
        <span>{text('pauseSite')}</span>
      </label>
      <p class="hint" id="pause-note">
        {text(paused ? 'pausedExplained' : 'pauseExplained')}
      </p>
      {failed && (
        <p class="warning" role="alert">
          {text('notSaved')}
        </p>
      )}
    </div>
  );
}
