import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addReleaseCreate } from './release/create.ts';
import { addReleaseDiff } from './release/diff.ts';
import { addReleaseList } from './release/list.ts';
import { addReleaseShow } from './release/show.ts';
import { addReleaseVerify } from './release/verify.ts';

/** `touchstone release`: prompts with their models under names, for the gateway. */
export function addRelease(program: Command, act: RunAction): void {
  const release = program
    .command('release')
    .description(
      'create, list, show, compare and verify releases: a prompt, a model and its settings under a name',
    );

  addReleaseCreate(release, act);
  addReleaseList(release, act);
  addReleaseShow(release, act);
  addReleaseDiff(release, act);
  addReleaseVerify(release, act);
}
