import { existsSync } from 'node:fs';
import { ConfigError } from '../../../../errors.ts';
import { readText } from '../../../../files/readText.ts';
import { Connection, type TlsIdentity } from '../../../../http/httpConnection.ts';
import type { Clock, Environment } from '../../../../ports.ts';
import type { ClusterTarget } from './clusterTarget.ts';
import { type ExecCredential, execCredential } from './execCredential.ts';
import { type KubeContext, readKubeContext, type UserEntry } from './kubeconfig.ts';

export interface AccessOptions {
  environment: Environment;
  clock: Clock;
  /** Of the kubeconfig; undefined takes its current one. */
  context: string | undefined;
  namespace: string;
  /** Plugins of the kubeconfig are programs: they run only where the person trusts the workspace. */
  mayRunPlugins: boolean;
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Credentials of files are read again after so long: the cluster renews them. */
const FILE_LIFE_MS = 60_000;
/** Those of a plugin are renewed before they expire. */
const MARGIN_MS = 30_000;

/** How a cluster is reached: its server, how it shows who it is, and who we are. Nothing is asked before the first request. */
export class ClusterAccess {
  readonly target: ClusterTarget;
  readonly #context: KubeContext;
  readonly #options: AccessOptions;
  #plugin: ExecCredential | undefined;
  #connection: { made: string; connection: Connection } | undefined;
  #token: { value: string; readMs: number } | undefined;

  /** Throws ConfigError where there is no such context, or it needs what is not supported. */
  constructor(options: AccessOptions) {
    this.#options = options;
    this.#context = readKubeContext(options.environment, options.context) ?? inCluster(options);
    const { name, cluster, user } = this.#context;
    this.target = { context: name, server: cluster.server.replace(/\/+$/, ''), namespace: options.namespace };
    checkSupported(this.#context);
    if (user.exec && !options.mayRunPlugins)
      throw new ConfigError(`context ${name} runs a credential plugin, and the workspace is not trusted`, {
        remedy: 'Trust the workspace first.',
      });
  }

  get isInCluster(): boolean {
    return this.target.context === IN_CLUSTER;
  }

  /** What shows who we are; nothing without TLS, as with kubectl. */
  async headers(signal: AbortSignal): Promise<{ [name: string]: string }> {
    if (!this.target.server.startsWith('https:')) return {};
    const { user } = this.#context;
    const headers: { [name: string]: string } = {};
    const token = (await this.#execCredential(signal))?.token ?? this.#fileToken() ?? user.token;
    if (token) headers['authorization'] = `Bearer ${token.trim()}`;
    else if (user.username) headers['authorization'] = basic(user);
    if (user.as) headers['impersonate-user'] = user.as;
    return headers;
  }

  async connection(signal: AbortSignal): Promise<Connection> {
    const tls = this.#tls(await this.#execCredential(signal));
    const made = JSON.stringify(tls);
    if (this.#connection?.made === made) return this.#connection.connection;
    this.#connection?.connection.close();
    this.#connection = { made, connection: new Connection(undefined, tls) };
    return this.#connection.connection;
  }

  /** The cluster did not take the credentials: whoever can make new ones is asked again. True where that may help. */
  renew(): boolean {
    const isRenewable = this.#plugin !== undefined || this.#token !== undefined;
    this.#plugin = undefined;
    this.#token = undefined;
    return isRenewable;
  }

  close(): void {
    this.#connection?.connection.close();
  }

  async #execCredential(signal: AbortSignal): Promise<ExecCredential | undefined> {
    const { user, cluster } = this.#context;
    if (!user.exec || !this.target.server.startsWith('https:')) return undefined;
    const { clock } = this.#options;
    const isValid = (this.#plugin?.expiresMs ?? Number.POSITIVE_INFINITY) - MARGIN_MS > clock.now();
    if (!this.#plugin || !isValid)
      this.#plugin = await execCredential(user.exec, cluster, this.#options, signal);
    return this.#plugin;
  }

  #fileToken(): string | undefined {
    const { tokenFile } = this.#context.user;
    if (!tokenFile) return undefined;
    const now = this.#options.clock.monotonic();
    if (!this.#token || now - this.#token.readMs > FILE_LIFE_MS)
      this.#token = { value: readText(tokenFile), readMs: now };
    return this.#token.value;
  }

  #tls(plugin: ExecCredential | undefined): TlsIdentity {
    const { cluster, user } = this.#context;
    return {
      ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: plugin?.cert ?? pem(user['client-certificate-data'], user['client-certificate']),
      key: plugin?.key ?? pem(user['client-key-data'], user['client-key']),
      servername: cluster['tls-server-name'] ?? undefined,
      rejectUnauthorized: cluster['insecure-skip-tls-verify'] ? false : undefined,
    };
  }
}

const IN_CLUSTER = 'in-cluster';

/** The account of the pod that this runs in. */
function inCluster({ environment, context }: AccessOptions): KubeContext {
  const host = environment.get('KUBERNETES_SERVICE_HOST');
  const port = environment.get('KUBERNETES_SERVICE_PORT') ?? '443';
  if (!host || !existsSync(`${ACCOUNT}/token`) || (context !== undefined && context !== IN_CLUSTER))
    throw new ConfigError('no kubeconfig was found', {
      remedy: 'Set KUBECONFIG, or make ~/.kube/config with the tools of your cluster.',
    });
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    name: IN_CLUSTER,
    namespace: undefined,
    cluster: { server, 'certificate-authority': `${ACCOUNT}/ca.crt` },
    user: { tokenFile: `${ACCOUNT}/token` },
  };
}

function checkSupported({ name, cluster, user }: KubeContext): void {
  const unsupported = (what: string, remedy: string) =>
    new ConfigError(`context ${name} uses ${what}, which is not supported`, { remedy });
  if (!/^https?:\/\//.test(cluster.server))
    throw unsupported('a server that is not an http or https URL', REPAIR);
  if (cluster['proxy-url'])
    throw unsupported(
      'proxy-url',
      'Use the proxy of the environment: set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
    );
  if (user['auth-provider'] != null)
    throw unsupported('auth-provider', 'Use a credential plugin (exec) for it, as kubectl demands, too.');
  if (user['as-groups']?.length) throw unsupported('as-groups', 'Use a context without it.');
}

const REPAIR = 'Repair the kubeconfig, or use another context.';

function pem(data: string | null | undefined, file: string | null | undefined): string | undefined {
  // As kubectl: what stands in the kubeconfig itself comes first.
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readText(file) : undefined;
}

function basic({ username, password }: UserEntry): string {
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}
