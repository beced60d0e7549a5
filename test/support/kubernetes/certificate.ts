import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporaryFolder.ts';

/** A key and a certificate of its own for 127.0.0.1, in PEM; undefined where openssl is missing. */
export function ownCertificate(): { key: string; cert: string } | undefined {
  const folder = temporaryFolder();
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=scripted', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:cluster.test'],
    ...['-keyout', String(key), '-out', String(cert)],
  ]);
  if (made.status !== 0) return undefined;
  return { key: readFileSync(String(key), 'utf8'), cert: readFileSync(String(cert), 'utf8') };
}
