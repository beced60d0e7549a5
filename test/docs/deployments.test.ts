import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/terminal/io.ts';
import { markdownBlocks } from './markdownBlocks.ts';

interface Workflow {
  on: object;
  permissions: { contents: string };
  jobs: { [job: string]: { steps: { name?: string; run?: string; env?: { [name: string]: string } }[] } };
}

const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'deployments.md'), 'utf8');
const workflow = markdownBlocks(page)
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => parse(text) as object)
  .find((each): each is Workflow => 'jobs' in each);

describe('docs/deployments.md', () => {
  const steps = Object.values(workflow?.jobs ?? {}).flatMap((job) => job.steps);
  const deploying = steps.filter(({ run }) => run?.includes('touchstone deploy'));

  /** The words of a command, with what the shell fills in. */
  function argumentsOf(run: string): string[] {
    const [, command = ''] = /touchstone (.*)/.exec(run) ?? [];
    return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
      (quoted ?? plain).replace('$RELEASE', 'support-3'),
    );
  }

  it('has a workflow whose commands the command line takes', async () => {
    assert.equal(deploying.length, 2);
    for (const { run = '' } of deploying) {
      const said: string[] = [];
      const io = { ...processIo(), err: (line: string) => void said.push(line), endAtOnce: () => {} };
      let taken = 0;
      const args = argumentsOf(run);
      const program = await createProgram(
        args,
        async () => {
          taken += 1;
        },
        io,
      );
      await program.parseAsync(args, { from: 'user' });
      assert.equal(taken, 1, `${run}: ${said.join('\n')}`);
    }
  });

  it('names the context that is steered, asks nobody, and gives the commands no more rights than they need', () => {
    const args = argumentsOf(deploying[0]?.run ?? '');
    for (const option of ['--yes', '--context', '--foreground']) assert.ok(args.includes(option), option);
    assert.deepEqual(workflow?.permissions, { contents: 'read' });
    // What a tag is called reaches the shell as a variable alone.
    for (const { run = '' } of steps) assert.doesNotMatch(run, /\$\{\{/);
  });
});
