import type { Command } from 'commander';
import { ReleaseError, UserError } from '../../../engine/errors.ts';
import { counted } from '../../../engine/model/figures.ts';
import { type ListedRelease, listReleases, readRelease } from '../../../engine/releases/readRelease.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitize } from '../../terminal/sanitize.ts';
import { listedJson } from '../../views/releaseView.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface VerifyOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone release verify`: its arguments and options. */
export function addReleaseVerify(release: Command, act: RunAction): void {
  release
    .command('verify')
    .description('check that releases are as they were created; exits with 2 where one was changed')
    .argument('[name]', 'name of one release (default: all)')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => verify(name, options, io)));
}

async function verify(name: string | undefined, options: VerifyOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const checked = name === undefined ? listReleases(root) : [readOne(root, name)];
  // Nothing that was checked is nothing that is right.
  if (checked.length === 0)
    throw new ReleaseError('there are no releases', {
      remedy: 'Create one with `touchstone release create`.',
    });

  const broken = checked.flatMap((one) => ('error' in one ? [one.error] : []));
  if (options.json) io.out(JSON.stringify(checked.map(listedJson), null, 2));
  else {
    for (const error of broken) io.out(sanitize(error.describe()));
    const summary = `${counted(checked.length, 'release')} checked: ${counted(checked.length - broken.length, 'unchanged', 'unchanged')}, ${counted(broken.length, 'unusable', 'unusable')}`;
    io.out(broken.length > 0 ? io.style.red(summary) : io.style.green(summary));
  }
  return broken.length > 0 ? EXIT.userError : EXIT.passed;
}

function readOne(root: string, name: string): ListedRelease {
  try {
    return { name, release: readRelease(root, name) };
  } catch (error) {
    if (error instanceof UserError) return { name, error };
    throw error;
  }
}
