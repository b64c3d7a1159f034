/** Which tool a carried request calls, for the question that it may lead to: a site's own words, so never believed. Pure. */
import { readMessages } from '../shared/facts/json-rpc.ts';

/** Longest name that is shown; characters. */
const MAX_SHOWN = 40;
/** Letters and digits in one piece, as keys are and names are not. */
const OPAQUE = /(?=[a-z]*\d)[a-z0-9]{16,}/gi;

/** The name of the first tool that a JSON-RPC body calls: in one line, cut short, and without what may be a secret. */
export function toolNameOf(body: string): string | undefined {
  const call = readMessages(body).find(({ method }) => method === 'tools/call');
  const { name } = (call?.params ?? {}) as { name?: unknown };
  if (typeof name !== 'string') return undefined;
  // Controls, marks of direction and everything that isn't there to be seen.
  const seen = name
    .slice(0, 1000)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const plain = [...seen.replace(OPAQUE, '…')];
  if (plain.length === 0) return undefined;
  return plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN - 1).join('')}…` : plain.join('');
}
