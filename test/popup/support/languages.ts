/** The languages that the documents can be shown in: those of `_locales`, and one that exists in tests only. */
import de from '../../../_locales/de/messages.json';
import en from '../../../_locales/en/messages.json';

/** The texts of one language. */
export type Messages = Record<
  string,
  { message: string; placeholders?: Record<string, { content: string }> }
>;

const ACCENTED: Record<string, string> = {
  ...{ a: 'å', c: 'ç', d: 'ð', e: 'é', g: 'ğ', i: 'î', l: 'ļ', n: 'ñ', o: 'ö', r: 'ŕ', s: 'š' },
  ...{ t: 'ţ', u: 'û', w: 'ŵ', y: 'ý', A: 'Å', C: 'Ç', D: 'Ð', E: 'É', I: 'Î', O: 'Ö', S: 'Š' },
};

/** How much longer than English the longest translations of such texts get. */
const GROWTH = 0.45;

/** A text that shows what was not translated, cut off or put together: accented, longer, in brackets. */
export function pseudoOf(message: string): string {
  const accented = message.replace(/\$\w+\$|[a-zA-Z]/g, (part) => ACCENTED[part] ?? part);
  const growth = ' ŵörðš îñ ţhé ŵîðéšţ ļåñğûåğé'.repeat(8).slice(0, message.length * GROWTH);
  return `⟦${accented}${growth}⟧`;
}

function pseudo(): Messages {
  const texts = Object.entries(en as Messages).map(([key, entry]) => [
    key,
    key === 'languageTag' ? entry : { ...entry, message: pseudoOf(entry.message) },
  ]);
  return Object.fromEntries(texts) as Messages;
}

/** `pseudo`, or the name of a folder in `_locales`; English for anything else. */
export function messagesOf(language: string): Messages {
  if (language === 'pseudo') return pseudo();
  return (language === 'de' ? de : en) as Messages;
}
