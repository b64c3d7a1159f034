/** Real HTTPS on test hosts: a throw-away certificate that the browser trusts by its public key alone. */
import { createHash, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** What a Node HTTPS server, and Chromium's `spki` option, need. */
export interface TestCertificate {
  key: string;
  cert: string;
  /** Base64 SHA-256 of the SubjectPublicKeyInfo, for `--ignore-certificate-errors-spki-list`. */
  spki: string;
}

/** Makes a self-signed certificate for these DNS names, valid for a year. */
export async function createCertificate(names: readonly string[]): Promise<TestCertificate> {
  const pems = await generate([{ name: 'commonName', value: names[0] ?? 'grantkeeper.test' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const publicKey = new X509Certificate(pems.cert).publicKey;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const spki = createHash('sha256').update(der).digest('base64');
  return { key: pems.private, cert: pems.cert, spki };
}
