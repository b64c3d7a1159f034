/** The metadata of a protected resource (RFC 9728), and of the wider one that it may declare. */
import {
  confirmationUrl,
  keepProtectedResource,
  parseProtectedResource,
  protectedResourceUrls,
  type ProtectedResource,
} from '../../protocol/protected-resource.ts';
import { failedFor } from '../../protocol/discovery-verdict.ts';
import { parseAllowedUrl } from '../../protocol/url-policy.ts';
import type { UrlPolicy } from '../../shared/facts/allowed-url.ts';
import type { RequestLimits } from '../ports/ports.ts';
import { policyTowards, unasked, type DiscoveryQuery } from './discovery-query.ts';
import {
  searchDocument,
  type DocumentPorts,
  type FoundDocument,
  type Unreadable,
} from './metadata-document.ts';

const PROTECTED_RESOURCE: RequestLimits = { bytes: 65_536, milliseconds: 10_000 };

/**
 * What a wider resource's own document says of it (Z41): one more request at most. Whatever keeps the document from us
 * is as good as none, since without it the grant reaches no further than what was asked for.
 * @throws BrokerError `invalid_target` when it speaks for something else
 */
export async function findOwnWords(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  { found, source }: FoundDocument<ProtectedResource>,
): Promise<ProtectedResource | Unreadable | undefined> {
  const { resource } = found;
  const url = confirmationUrl(resource, query.asked);
  if (url === undefined) return undefined;
  if (url === source) return { ...found, match: 'same' };
  try {
    const own = await readResource(ports, query, { urls: [url], of: resource });
    if ('found' in own) return own.found;
    return query.reached.includes(own.unreadable) ? undefined : own;
  } catch (error) {
    // A document that is not there is one thing. That nobody answers now says nothing, and may be Mallory's doing.
    const isAbsent =
      failedFor(error, 'no_resource_metadata') || failedFor(error, 'malformed_resource_metadata');
    if (!isAbsent) throw error;
    return undefined;
  }
}

/** The metadata of the resource that was asked for, at its well-known places or where a challenge says it is. */
export function findResource(
  ports: DocumentPorts,
  query: DiscoveryQuery,
): Promise<FoundDocument<ProtectedResource> | Unreadable> {
  const { asked } = query;
  const named = locate(query, policyTowards(query));
  return readResource(ports, query, { urls: protectedResourceUrls(asked, named), of: asked });
}

/** The document of one resource, at one of these addresses. */
function readResource(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  { urls, of }: { urls: string[]; of: string },
): Promise<FoundDocument<ProtectedResource> | Unreadable> {
  const policy = policyTowards(query);
  return searchDocument(ports, {
    urls,
    policy,
    fresh: query.fresh,
    recall: query.recall,
    limits: PROTECTED_RESOURCE,
    absent: 'no_resource_metadata',
    malformed: 'malformed_resource_metadata',
    member: 'resource',
    mustSayJson: (url) => !isWellKnown(url),
    parse: (json) => parseProtectedResource(json, of, policy),
    keep: keepProtectedResource,
  });
}

/**
 * Where a challenge says that the metadata is, as an address that may be contacted. Relative to the server, as some
 * write it; what leads nowhere is as good as not said, and so is what leads to a private host of its own (Z43).
 */
function locate(query: DiscoveryQuery, policy: UrlPolicy): string | undefined {
  const { resourceMetadata: named, asked } = query;
  if (!named) return undefined;
  const url = URL.canParse(named) ? named : URL.parse(named, asked)?.href;
  try {
    if (url !== undefined) parseAllowedUrl(url, policy);
    return url !== undefined && unasked(query, [url]) ? undefined : url;
  } catch {
    return undefined;
  }
}

/** An address that nobody but the server's operator can put a document at (RFC 8615). */
function isWellKnown(url: string): boolean {
  return new URL(url).pathname.startsWith('/.well-known/');
}
