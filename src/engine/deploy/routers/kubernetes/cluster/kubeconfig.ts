import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../../../errors.ts';
import { parseYaml } from '../../../../files/formats/parseYaml.ts';
import { readText } from '../../../../files/readText.ts';
import type { Environment } from '../../../../ports.ts';

const text = z.string().nullish();

const clusterFile = z.looseObject({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});

const execFile = z.looseObject({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
});

const userFile = z.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  as: text,
  'as-groups': z.array(z.string()).nullish(),
  exec: execFile.nullish(),
  'auth-provider': z.unknown().optional(),
});

const contextFile = z.looseObject({ cluster: z.string(), user: text, namespace: text });

const kubeconfigFile = z.looseObject({
  'current-context': text,
  contexts: z.array(z.looseObject({ name: z.string(), context: contextFile })).nullish(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: clusterFile })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: userFile.nullish() })).nullish(),
});

export type ClusterEntry = z.infer<typeof clusterFile>;
export type UserEntry = z.infer<typeof userFile>;
export type ExecEntry = z.infer<typeof execFile>;

/** One context with all that belongs to it. Paths in it are absolute. */
export interface KubeContext {
  name: string;
  namespace: string | undefined;
  cluster: ClusterEntry;
  user: UserEntry;
}

/**
 * The named context, or the current one, of the files that KUBECONFIG lists, else of ~/.kube/config; of several files, the first that has a
 * name counts, as for kubectl. Undefined where there is no file. Throws ConfigError and FileError.
 */
export function readKubeContext(environment: Environment, wanted?: string): KubeContext | undefined {
  const files = kubeconfigFiles(environment).filter((file) => existsSync(file));
  if (files.length === 0) return undefined;
  const parsed = files.map((file) => readKubeconfig(file));

  const name = wanted ?? parsed.map((file) => file['current-context']).find(Boolean);
  const contexts = parsed.flatMap((file) => file.contexts ?? []);
  const known = contexts.map((context) => context.name).join(', ') || 'none';
  if (!name)
    throw new ConfigError('the kubeconfig has no current context', {
      remedy: `Name a context of the kubeconfig: ${known}.`,
    });
  const found = contexts.find((context) => context.name === name)?.context;
  if (!found)
    throw new ConfigError(`the kubeconfig has no context named '${name}'`, {
      remedy: `Name one that it has: ${known}.`,
    });

  const cluster = parsed.flatMap((file) => file.clusters ?? []).find((entry) => entry.name === found.cluster);
  if (!cluster)
    throw new ConfigError(`the kubeconfig has no cluster named '${found.cluster}'`, { remedy: REPAIR });
  const user = parsed.flatMap((file) => file.users ?? []).find((entry) => entry.name === found.user);
  if (found.user && !user)
    throw new ConfigError(`the kubeconfig has no user named '${found.user}'`, { remedy: REPAIR });

  return { name, namespace: found.namespace ?? undefined, cluster: cluster.cluster, user: user?.user ?? {} };
}

const REPAIR = 'Repair the kubeconfig, or use another context.';

function kubeconfigFiles(environment: Environment): string[] {
  const listed = environment.get('KUBECONFIG');
  if (listed) return listed.split(path.delimiter).filter(Boolean);
  const home = environment.get('HOME') ?? environment.get('USERPROFILE');
  return home ? [path.join(home, '.kube', 'config')] : [];
}

type Kubeconfig = z.infer<typeof kubeconfigFile>;

function readKubeconfig(file: string): Kubeconfig {
  const read = kubeconfigFile.safeParse(parseYaml(readText(file), file).value);
  if (!read.success) {
    const issue = read.error.issues[0];
    // Never the value: it may be a credential.
    throw new ConfigError(
      `not a valid kubeconfig: ${issue?.path.join('.') ?? 'it'} is missing or of a wrong type`,
      {
        where: { path: file },
        remedy: REPAIR,
      },
    );
  }

  const absolute = (named: string | null | undefined) => named && path.resolve(path.dirname(file), named);
  for (const { cluster } of read.data.clusters ?? [])
    cluster['certificate-authority'] = absolute(cluster['certificate-authority']);
  for (const { user } of read.data.users ?? []) {
    if (!user) continue;
    for (const key of ['client-certificate', 'client-key', 'tokenFile'] as const)
      user[key] = absolute(user[key]);
    // A command with a path is found from its file; a bare name through PATH.
    if (user.exec && /[\\/]/.test(user.exec.command))
      user.exec.command = path.resolve(path.dirname(file), user.exec.command);
  }
  return read.data;
}
