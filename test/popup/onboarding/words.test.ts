/** What the first pages quote and name, in both languages: the browsers' own texts, which people then compare. */
import { describe, expect, it } from 'vitest';
import de from '../../../_locales/de/messages.json' with { type: 'json' };
import en from '../../../_locales/en/messages.json' with { type: 'json' };

describe('the first pages', () => {
  it('quote what Chromium and Firefox say when they ask for access to all sites', () => {
    expect(en.welcomeReachAllHint.message).toContain(
      '“Read and change all your data on all websites”',
    );
    expect(de.welcomeReachAllHint.message).toContain(
      '„Alle deine Daten auf allen Websites lesen und ändern“',
    );
    expect(en.welcomeRelayWhy.message).toContain('“Access your data for all websites”');
    expect(de.welcomeRelayWhy.message).toContain('„Auf Ihre Daten für alle Websites zugreifen“');
  });

  it('say when it matters with AI chats as the example', () => {
    expect(en.welcomeWhatLead.message).toContain('such as AI chats');
    expect(de.welcomeWhatLead.message).toContain('zum Beispiel KI-Chats');
  });
});
