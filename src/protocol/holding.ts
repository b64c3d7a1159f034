/** Whether a page may hold the token of a grant itself, or has its requests carried and nothing more (Z26). Pure. */

/** What a grant says of it. */
export interface Keeping {
  credential?: 'dpop' | 'key' | 'none';
  sealedOnly?: true | undefined;
  /** No page has been given its token so far. */
  carriedSoFar?: true | undefined;
}

/** True when no page gets the token: the person says so, or the credential is none that a page could use. */
export function isSealed({ credential, sealedOnly }: Keeping): boolean {
  return sealedOnly === true || credential !== undefined;
}
