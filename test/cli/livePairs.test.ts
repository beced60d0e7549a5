import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { addShadowPromote } from '../../src/cli/commands/shadow/promote.ts';
import { styleFor } from '../../src/cli/terminal/style.ts';
import { touchstone } from '../support/commandLine.ts';
import { openLivePairs, pair } from '../support/gateway/livePairs.ts';

/** A workspace with a comparison of live pairs that has ended: every second request answered better by the shadow. */
async function ended(answer = 'yes, please'): Promise<{ root: string; runId: string }> {
  const { root, store, comparison, settled, ends } = await openLivePairs();
  try {
    for (let at = 0; at < 90 && ends.length === 0; at += 1) {
      comparison.offer(pair(`x-${at}`, `question ${at}`, [at % 2 === 0 ? 'no' : 'please', answer]));
      if (at % 30 === 29) await settled();
    }
    await settled();
    return { root, runId: comparison.status.runId ?? '' };
  } finally {
    await comparison.close();
    store.close();
  }
}

describe('touchstone show, of live pairs', () => {
  it('shows the verdict, the cases that changed, and why it ended; and writes it as a comparison', async () => {
    const { root, runId } = await ended();
    const files = ['a.json', 'a.md'].flatMap((file) => ['--output', file]);
    const shown = await touchstone(root, 'show', runId, ...files);
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.out, /^tone {2}support: local\/old \(baseline\) vs\. local\/new \(candidate\)\n/);
    assert.match(shown.out, /\nbetter: The candidate is better/);
    assert.match(shown.out, /question-0-\w+-1/);
    assert.match(shown.out, /Live pairs: answers to requests that clients sent to the route support/);
    assert.match(shown.out, /Ended: better: the verdict was clear after \d+ pairs\./);

    const json = JSON.parse(readFileSync(path.join(root, 'a.json'), 'utf8'));
    assert.equal(json.format, 'touchstone-comparison');
    assert.equal(json.comparisons[0].verdict.word, 'better');
    assert.match(readFileSync(path.join(root, 'a.md'), 'utf8'), /better/);

    const list = await touchstone(root, 'show', '--comparisons', '--json');
    assert.equal(JSON.parse(list.out).comparisons[0].verdict, 'better');
  });
});

describe('touchstone shadow promote', () => {
  const program = async (root: string, ...argv: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const io = {
      ...silentIo(root),
      out: (line: string) => out.push(line),
      err: (line: string) => err.push(line),
    };
    let code: number | undefined;
    const shadow = new Command().exitOverride();
    addShadowPromote(shadow, async (action) => {
      code = await action(io);
    });
    await shadow.parseAsync(['promote', ...argv], { from: 'user' });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const dataset = (root: string) => readFileSync(path.join(root, 'live.golden.yaml'), 'utf8');

  it('adds the pairs that became better, with the answer that the person chose, and each once', async () => {
    const { root, runId } = await ended();
    const args = [runId, '--to', 'live.golden.yaml', '--only', 'better', '--answers', 'candidate'];
    const { out } = await program(root, ...args);
    assert.match(out, /^live\.golden\.yaml: \d+ cases added to a new dataset$/);
    assert.match(dataset(root), /input: question 0\n/);
    assert.doesNotMatch(dataset(root), /input: question 1\n/);
    assert.match(dataset(root), /answer: yes, please\n/);
    assert.match(dataset(root), /schema_version: 2\.0\.0\nversion: 1\.0\.0\n/);

    const again = JSON.parse((await program(root, runId, '--to', 'live.golden.yaml', '--json')).out);
    assert.ok(again.duplicates >= 10 && again.added >= 10, JSON.stringify(again));
    assert.match(dataset(root), /version: 1\.1\.0\n/);
    assert.equal(dataset(root).match(/input: question 0\n/g)?.length, 1);
    // Without being asked for, no answer becomes the expected one.
    assert.equal(dataset(root).match(/answer:/g)?.length, again.duplicates);
  });

  it('writes no personal data unseen', async () => {
    const { root, runId } = await ended('please write to ann@example.org');
    const args = [runId, '--to', 'live.golden.yaml', '--only', 'better', '--answers', 'candidate'];
    await assert.rejects(program(root, ...args), /found, so nothing was written/);
    assert.throws(() => dataset(root), /ENOENT/);
    await program(root, ...args, '--redact');
    assert.match(dataset(root), /answer: please write to \[e-mail address\]\n/);
  });

  it('names what is no comparison of live pairs', async () => {
    const { root, runId } = await ended();
    await assert.rejects(
      program(root, runId, '--to', 'x.golden.yaml', '--pair', 'nothing'),
      /has no pair nothing/,
    );
  });
});

function silentIo(cwd: string) {
  const style = styleFor({}, { NO_COLOR: '1' });
  return { style, errStyle: style, width: 100, progress: { write: () => {} }, cwd, endAtOnce: () => {} };
}
