/** The page's own OAuth requests, as the browser itself has noted them, whatever code has sent them. */

/** Whether an address belongs to OAuth: the authorization server's own, or metadata, at any server. */
export function isOAuthRequest(url: string, issuer: string): boolean {
  const { origin, pathname } = new URL(url);
  return origin === new URL(issuer).origin || pathname.startsWith('/.well-known/');
}

/** Counts from the beginning of the page on. */
export function countOwnRequests(issuer: string): () => number {
  let count = 0;
  const look = (entries: PerformanceEntryList) => {
    count += entries.filter(({ name }) => isOAuthRequest(name, issuer)).length;
  };
  const observer = new PerformanceObserver((list) => look(list.getEntries()));
  observer.observe({ type: 'resource', buffered: true });
  return () => {
    look(observer.takeRecords());
    return count;
  };
}
