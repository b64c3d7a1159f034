/** The way from one document of ours to another. */
import { DOCUMENTS, type DocumentName } from '../../shared/documents.ts';

/** @param fragment what stands behind the `#`, encoded; nothing for the document as a whole */
export function documentLink(name: DocumentName, fragment = ''): string {
  return `/${DOCUMENTS[name]}${fragment === '' ? '' : `#${fragment}`}`;
}
