/** Whether bytes pass between a page and the background as they are, so that requests can be carried (Z26). */
import browser from 'webextension-polyfill';

/** The first Chrome that reads `message_serialization`; to an older one a byte array is an object without bytes. */
const FIRST_CHROME = 148;

/** Firefox copies what passes its relay. Chrome does what the manifest says, from {@link FIRST_CHROME} on. */
export function copiesBytes(): boolean {
  const manifest = browser.runtime.getManifest() as object as Record<string, unknown>;
  if (manifest['externally_connectable'] === undefined) return true;
  const version = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent)?.[1];
  return (
    manifest['message_serialization'] === 'structured_clone' && Number(version) >= FIRST_CHROME
  );
}

/**
 * How long a page may leave its answer unread, in milliseconds. Chromium stops the server meanwhile; Firefox loads all
 * of it (Z30).
 */
export function patienceWithReaders(): number {
  const isChromium = 'externally_connectable' in browser.runtime.getManifest();
  return isChromium ? 600_000 : 60_000;
}
