import { z } from 'zod';
import type { Clock, Environment } from '../../../../ports.ts';
import { runProcess } from '../../../../targets/command/childProcess.ts';
import { scrubbedEnvironment } from '../../../../targets/command/commandEnvironment.ts';
import { ClusterError } from './clusterError.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts';

/** What a credential plugin hands out. */
export interface ExecCredential {
  token: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  /** Milliseconds since the epoch; undefined where it lasts as long as the process. */
  expiresMs: number | undefined;
}

const output = z.looseObject({
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
    expirationTimestamp: z.string().nullish(),
  }),
});

const LIMIT_MS = 60_000;
const MAX_BYTES = 256 * 1024;

/** What plugins of the usual clouds read, beside what every program gets. */
const PASSED = [
  ...['AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'],
  ...[
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_ROLE_ARN',
    'AWS_STS_REGIONAL_ENDPOINTS',
  ],
  ...[
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'CLOUDSDK_CONFIG',
    'CLOUDSDK_CORE_PROJECT',
    'GOOGLE_APPLICATION_CREDENTIALS',
  ],
  ...['AZURE_CONFIG_DIR', 'AAD_LOGIN_METHOD', 'KUBECONFIG', 'HTTPS_PROXY', 'NO_PROXY'],
];

/**
 * Runs the plugin that the kubeconfig names. What it writes is never quoted: it may be a credential. Its caller has made sure that the
 * workspace is trusted.
 */
export async function execCredential(
  exec: ExecEntry,
  cluster: ClusterEntry,
  { clock, environment }: { clock: Clock; environment: Environment },
  signal: AbortSignal,
): Promise<ExecCredential> {
  const failed = (why: string) =>
    new ClusterError(`the credential plugin '${exec.command}' ${why}`, {
      isTransient: false,
      status: 401,
      remedy: 'Run kubectl with this context to see what the plugin says.',
    });
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const passed = PASSED.flatMap((name) => {
    const value = environment.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });

  const end = await runProcess(
    {
      command: [exec.command, ...(exec.args ?? [])],
      cwd: process.cwd(),
      env: scrubbedEnvironment(environment, {
        ...Object.fromEntries(passed),
        ...own,
        KUBERNETES_EXEC_INFO: info(exec, cluster),
      }),
      input: '',
      timeoutMs: LIMIT_MS,
      maxBytes: MAX_BYTES,
      signal,
    },
    clock,
  );
  if (end.kind === 'unstarted') throw failed('could not be started');
  if (end.kind === 'timeout') throw failed(`did not end within ${LIMIT_MS / 1000} seconds`);
  if (end.kind !== 'exited') throw failed('was ended');
  if (end.code !== 0) throw failed(`failed with exit code ${end.code}`);

  const read = output.safeParse(parsed(end.stdout));
  if (!read.success) throw failed('did not write an ExecCredential');
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = read.data.status;
  const expiresMs = Date.parse(expirationTimestamp ?? '');
  return {
    token: token ?? undefined,
    cert: clientCertificateData ?? undefined,
    key: clientKeyData ?? undefined,
    expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs,
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** As client-go passes it. */
function info({ apiVersion, provideClusterInfo }: ExecEntry, cluster: ClusterEntry): string {
  const about = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
  };
  const spec = provideClusterInfo ? { interactive: false, cluster: about } : { interactive: false };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
}
