/** The first thing that the user sees: what this is, and the one choice about host access. */
import browser from 'webextension-polyfill';
import { DOCUMENTS } from '../../shared/documents.ts';

/** Opens the introduction once, when the extension is installed; an update opens nothing. */
export function introduceOnInstall(): void {
  browser.runtime.onInstalled.addListener(({ reason }) => {
    if (reason !== 'install') return;
    void browser.tabs.create({ url: browser.runtime.getURL(DOCUMENTS.onboarding) });
  });
}
