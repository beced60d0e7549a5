import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { markdownBlocks } from './markdownBlocks.ts';

const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'tutorial.md');

describe('docs/tutorial.md', () => {
  it('works as it is written: its files are written, its commands run, their output is what it shows', async function () {
    this.timeout(120_000);
    const folder = temporaryFolder({});
    git(folder, 'init', '--quiet');
    git(folder, 'config', 'user.email', 'reader@example.com');
    git(folder, 'config', 'user.name', 'Reader');
    let output = '';
    for (const { language, text, line } of markdownBlocks(readFileSync(PAGE, 'utf8'))) {
      if (language === 'sh') output = await runAll(folder, text.split('\n'));
      else if (language === 'text') assertShown(text, output, line);
      else writeNamed(folder, text, line);
    }
  });
});

/** The first line of a file's block is a comment with its path. */
function writeNamed(folder: string, text: string, line: number): void {
  const name = /^(?:#|\/\/) (\S+)$/m.exec(text)?.[1];
  assert.ok(name, `docs/tutorial.md:${line}: the block does not begin with the path of its file`);
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function runAll(folder: string, commands: readonly string[]): Promise<string> {
  let output = '';
  for (const command of commands) {
    const [, plain = '', code = '0'] = /^(.*?)(?:\s+# exit code (\d))?$/.exec(command) ?? [];
    const [program = '', ...args] = words(plain);
    if (program === 'git') {
      git(folder, ...args);
      continue;
    }
    assert.equal(program, 'touchstone', command);
    const result = await touchstone(folder, ...args);
    assert.equal(result.code, Number(code), `${command}\n${result.out}\n${result.err}`);
    output += `${result.out}\n${result.err}\n`;
  }
  return output;
}

/** Each line stands in the output, in this order; `…` stands for lines that are left out, a line for its beginning. */
function assertShown(shown: string, output: string, at: number): void {
  const lines = output.split('\n');
  let from = 0;
  for (const line of shown.split('\n').filter((one) => one !== '…')) {
    const found = lines.findIndex((one, index) => index >= from && one.startsWith(line));
    assert.ok(found >= 0, `docs/tutorial.md:${at}: not in the output: ${line}\n${output}`);
    from = found + 1;
  }
}

function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
}
