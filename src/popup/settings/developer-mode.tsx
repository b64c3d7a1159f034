/** The switch for people who build servers. */
import { useState } from 'preact/hooks';
import type { Settings } from '../../shared/settings.ts';
import { ask } from '../kit/ask.ts';
import { text } from '../kit/text.ts';

/** Developer mode (Z3), with what it does in one line. */
export function DeveloperMode({ settings }: { settings: Settings }) {
  const [busy, setBusy] = useState(false);
  const toggle = (event: Event & { currentTarget: HTMLInputElement }) => {
    const box = event.currentTarget;
    setBusy(true);
    ask('configure', { developerMode: box.checked })
      .then(
        (next) => (box.checked = next.developerMode),
        () => (box.checked = settings.developerMode),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section class="settings">
      <label class="switch" for="developer-mode">
        <input
          id="developer-mode"
          type="checkbox"
          role="switch"
          aria-describedby="developer-mode-note"
          checked={settings.developerMode}
          disabled={busy}
          onChange={toggle}
        />
        <span>{text('developerMode')}</span>
      </label>
      <p class="hint" id="developer-mode-note">
        {text('developerModeExplained')}
      </p>
    </section>
  );
}
