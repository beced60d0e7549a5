import type { Pointer } from '../../files/formats/document.ts';
import { attemptedReferences } from '../../model/variableReference.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { checkAgentUrl } from '../gateway/targetProblems.ts';
import type { DeploymentFile, VersionFile } from './deploymentFile.ts';

/** Reports versions that this deployment cannot bring forward. */
export function checkVersions(reader: ConfigReader, file: DeploymentFile, at: Pointer): void {
  for (const [name, version] of Object.entries(file.versions)) {
    const place = [...at, 'versions', name];
    checkKind(reader, version, place, file);
    if ('url' in version) checkAgentUrl(reader, version.url, [...place, 'url']);
    if ('image' in version) checkImage(reader, version, place);
    if ('command' in version) checkPort(reader, version, place);
  }
}

function checkKind(
  reader: ConfigReader,
  version: VersionFile,
  at: Pointer,
  { route, kubernetes }: DeploymentFile,
): void {
  const kind = 'url' in version ? 'url' : 'image' in version ? 'image' : 'command';
  // Both or neither has been reported.
  const isLocal = route !== undefined && kubernetes === undefined;
  const isCluster = kubernetes !== undefined && route === undefined;
  if (isLocal && kind === 'image')
    reportKey(reader, [...at, kind], {
      code: 'contradiction',
      message: 'a container image cannot be deployed to a route of the gateway',
      remedy: 'Use "command" or "url", or "kubernetes" in place of "route".',
    });
  if (isCluster && kind !== 'image')
    reportKey(reader, [...at, kind], {
      code: 'contradiction',
      message: `a version in a cluster is a container image, not a ${kind === 'url' ? 'URL' : 'command'}`,
      remedy: 'Use "image", or "route" in place of "kubernetes".',
    });
}

/** What is written there can be read by all who can read the cluster. */
function checkImage(
  reader: ConfigReader,
  { image, environment }: Extract<VersionFile, { image: string }>,
  at: Pointer,
): void {
  if (/\s/.test(image))
    reportAt(reader, [...at, 'image'], {
      code: 'invalid-value',
      message: `"${image}" is not the name of a container image`,
      remedy: 'Write it as registry/name:tag, or registry/name@sha256:….',
    });
  for (const [name, value] of Object.entries(environment)) {
    const [reference] = attemptedReferences(value);
    if (!reference) continue;
    reportAt(reader, [...at, 'environment', name], {
      code: 'misplaced-environment-reference',
      message: `${reference.written} is not filled in here: the environment of a container can be read in the cluster`,
      remedy: 'Keep secrets in a Secret that the Deployment refers to; a new version has the same reference.',
    });
  }
}

function checkPort(
  reader: ConfigReader,
  { port_variable: variable, environment }: Extract<VersionFile, { command: string[] }>,
  at: Pointer,
): void {
  if (!Object.hasOwn(environment, variable)) return;
  reportKey(reader, [...at, 'environment', variable], {
    code: 'contradiction',
    message: `${variable} is the variable in which the program gets its port`,
    remedy: 'Remove it from environment, or name another one in port_variable.',
  });
}
