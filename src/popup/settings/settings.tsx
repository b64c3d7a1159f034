/** The settings, in a tab. `#<section>` leads to a section, `#client=<issuer>` to the field for a client id. */
import '../../shared/frozen.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { mount } from '../kit/mount.tsx';
import { PageHead } from '../kit/page-head.tsx';
import { Refusals } from '../kit/refusals.tsx';
import type { PlainKey } from '../kit/text.ts';
import { text } from '../kit/text.ts';
import { useLive } from '../kit/use-live.ts';
import { ClientDocument } from './client-document.tsx';
import { Clients } from './clients.tsx';
import { DeveloperMode } from './developer-mode.tsx';
import { Erase } from './erase.tsx';
import { Hosts } from './hosts.tsx';
import { Overrides } from './overrides.tsx';
import { PausedSites } from './paused-sites.tsx';
import { Section } from './section.tsx';
import { ServerKeys } from './server-keys.tsx';
import { Transfer } from './transfer.tsx';

/** In the order on the page: what everybody may need first. */
const SECTIONS: [id: string, heading: PlainKey][] = [
  ['hosts', 'hostsHeading'],
  ['paused', 'pausedHeading'],
  ['refusals', 'refusalsHeading'],
  ['keys', 'keysHeading'],
  ['client', 'clientsHeading'],
  ['overrides', 'overridesHeading'],
  ['document', 'documentHeading'],
  ['developer', 'developerHeading'],
  ['transfer', 'transferHeading'],
  ['erase', 'eraseHeading'],
];

async function loadAll() {
  const [about, settings, clients, refusals] = await Promise.all([
    ask('about', {}),
    ask('settings', {}),
    ask('clients', {}),
    ask('refusals', {}),
  ]);
  return { about, settings, clients, refusals };
}

type SettingsData = Awaited<ReturnType<typeof loadAll>>;

function SettingsPage() {
  const { value, failed, reload } = useLive(loadAll);
  return (
    <>
      <PageHead at="settings" />
      <main class="frame" aria-busy={value === undefined && !failed}>
        <h1>{text('settingsTitle')}</h1>
        <nav class="contents" aria-label={text('settingsSections')}>
          <ul>
            {SECTIONS.map(([id, heading]) => (
              <li key={id}>
                <a href={`#${id}`}>{text(heading)}</a>
              </li>
            ))}
          </ul>
        </nav>
        {failed && (
          <p class="warning" role="alert">
            {text('failSilent')} {text('nextReopen')}
          </p>
        )}
        {value && <Sections all={value} changed={reload} />}
      </main>
    </>
  );
}

function Sections({ all, changed }: { all: SettingsData; changed: () => void }) {
  const { about, settings, clients, refusals } = all;
  const { section, issuer } = usePlace();
  const { redirectUri } = about;
  useEffect(() => {
    // The form for a client id takes the focus itself.
    if (issuer === undefined) document.getElementById(`${section}-heading`)?.focus();
  }, [section, issuer]);
  return (
    <>
      <Hosts />
      <PausedSites sites={settings.pausedSites} changed={changed} />
      {refusals.length === 0 ? (
        <Section id="refusals" heading="refusalsHeading" explained="refusalsNone" isEmpty />
      ) : (
        <Refusals refusals={refusals} changed={changed} />
      )}
      <ServerKeys />
      <Clients {...{ clients, redirectUri, changed }} wanted={issuer} />
      <Overrides clients={clients} />
      <ClientDocument
        setting={settings.clientDocument}
        builtIn={about.builtInDocument}
        {...{ redirectUri, changed }}
      />
      <Section id="developer" heading="developerHeading">
        <DeveloperMode settings={settings} />
      </Section>
      <Transfer changed={changed} />
      <Erase changed={changed} />
      <p class="hint version">Grantkeeper {about.version}</p>
    </>
  );
}

/** Where the address leads: to a section, and there perhaps to an issuer. */
function usePlace(): { section: string; issuer: string | undefined } {
  const [hash, setHash] = useState(location.hash);
  const listening = useRef(new AbortController());
  useEffect(() => {
    const { signal } = listening.current;
    window.addEventListener('hashchange', () => setHash(location.hash), { signal });
    return () => listening.current.abort();
  }, []);
  const [, section = '', issuer] = /^#(\w*)(?:=(.*))?$/.exec(hash) ?? [];
  return { section, issuer: issuer === undefined ? undefined : decode(issuer) };
}

/** A hash that somebody cut in two is no reason to show nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

mount('settingsTitle', () => <SettingsPage />);
