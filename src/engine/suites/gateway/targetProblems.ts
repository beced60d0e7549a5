import { existsSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { releaseNames } from '../../files/releaseNames.ts';
import { readAddress } from '../../http/address.ts';
import { isLinkLocal } from '../../http/linkLocal.ts';
import { isReleaseName, RELEASE_PREFIX, releaseFile } from '../../model/releaseFile.ts';
import { EDITOR_PROVIDER } from '../../models/editorClient.ts';
import { type ConfigReader, reportAt } from '../config/configReader.ts';
import { checkModelReference } from '../config/modelReference.ts';
import type { ArmTarget } from './gatewayConfig.ts';

/** A route names a release that is not there: a warning. */
export const UNKNOWN_RELEASE = 'unknown-release';

/** What targets of routes may name, beside the releases of the workspace. */
export interface TargetNames {
  providers: readonly string[];
}

/** Reports a target that does not exist, or that nothing may be sent to. */
export function checkTarget(
  reader: ConfigReader,
  target: ArmTarget,
  at: Pointer,
  { providers }: TargetNames,
): void {
  switch (target.kind) {
    case 'provider':
      checkProvider(reader, target, at, providers);
      return;
    case 'release':
      checkRelease(reader, target.release, at);
      return;
    case 'agent':
      checkAgentUrl(reader, target.url, [...at, 'url']);
  }
}

function checkProvider(
  reader: ConfigReader,
  { provider, model }: Extract<ArmTarget, { kind: 'provider' }>,
  at: Pointer,
  providers: readonly string[],
): void {
  if (provider === EDITOR_PROVIDER && !providers.includes(provider)) {
    reportAt(reader, at, {
      code: 'unknown-provider',
      message: `models of the editor (${EDITOR_PROVIDER}/…) cannot be reached through the gateway`,
      remedy: `Use a configured provider: ${providers.join(', ')}.`,
    });
    return;
  }
  if (model !== undefined) {
    checkModelReference(reader, `${provider}/${model}`, at, providers);
    return;
  }
  if (providers.includes(provider)) return;

  const guess = nearest(provider, providers)[0];
  reportAt(reader, at, {
    code: 'unknown-provider',
    message: `there is no provider "${provider}"`,
    remedy: guess
      ? `Did you mean "${guess}"?`
      : `Write provider/model, or one of the configured providers: ${providers.join(', ')}.`,
    meant: guess,
  });
}

function checkRelease(reader: ConfigReader, name: string, at: Pointer): void {
  const isFile = isReleaseName(name) && existsSync(path.join(reader.root, releaseFile(name)));
  if (isFile) return;
  const names = releaseNames(reader.root);
  const guess = nearest(name, names)[0];
  reportAt(reader, at, {
    code: UNKNOWN_RELEASE,
    // It may have to be evaluated before it is created; requests for it are refused, and nothing else is.
    severity: isReleaseName(name) ? 'warning' : 'error',
    message: isReleaseName(name)
      ? `there is no release "${name}" (${releaseFile(name)})`
      : `"${name}" is not the name of a release`,
    remedy: guess
      ? `Did you mean "${guess}"?`
      : `Create it with \`touchstone release create\`${names.length === 0 ? '' : `, or use: ${names.join(', ')}`}.`,
    meant: guess && RELEASE_PREFIX + guess,
  });
}

/** Reports the base URL of an agent that nothing may be sent to. */
export function checkAgentUrl(reader: ConfigReader, written: string, at: Pointer): void {
  const address = readAddress(written);
  // Reported with the other secrets, and references to the environment.
  if (address === 'credentials' || written.includes('${')) return;
  if (address === 'no-address') {
    reportAt(reader, at, {
      code: 'invalid-value',
      message: `"${written}" is not a URL that begins with http:// or https://`,
      remedy: 'Check the address.',
    });
    return;
  }

  if (address.search !== '' || address.hash !== '')
    reportAt(reader, at, {
      code: 'invalid-value',
      message: `"${written}" has ${address.search === '' ? 'a fragment' : 'a query'}; the path of each request is added to this URL`,
      remedy: `Remove everything from "${address.search === '' ? '#' : '?'}" on.`,
    });
  if (isLinkLocal(address.hostname))
    reportAt(reader, at, {
      code: 'invalid-value',
      message: `${address.hostname} is a link-local address, where cloud machines keep their credentials; nothing is sent there`,
      remedy: 'Use another address.',
    });
}
