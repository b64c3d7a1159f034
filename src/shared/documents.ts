/** Our own documents. Each path is named here alone; manifest.json has to name two of them again. */

/** Where each lies, relative to the extension's root. Nothing else may use the extension door. */
export const DOCUMENTS = {
  popup: 'src/popup/popup/popup.html',
  consent: 'src/popup/consent/consent.html',
  settings: 'src/popup/settings/settings.html',
  activity: 'src/popup/activity/activity.html',
  onboarding: 'src/popup/onboarding/onboarding.html',
} as const;

/** A document of ours by its name. */
export type DocumentName = keyof typeof DOCUMENTS;
