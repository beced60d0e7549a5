import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, runPeer } from '../peer.ts';
import type { Recorded, Verdict } from '../verdict.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

/** Failures in promptfoo, and errors here: docs/promptfoo.md, “What cannot be measured is an error”. */
const UNMEASURED = [
  'throws',
  'returns nothing',
  'no Python',
  'no such function',
  'map without pass',
  'words',
];

describe(`Python's verdicts of promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  let ours = new Map<string, Verdict>();

  before(async function () {
    if (!hasPython) skip(this, 'python3 is not installed');
    ours = new Map((await runOurs(folder)).map((verdict) => [verdict.name, verdict]));
  });

  it('agrees on passing and on the score, case by case', () => {
    const theirs = recorded.verdicts.filter(({ name }) => !UNMEASURED.includes(name));
    assert.ok(theirs.length >= 30);
    assert.deepEqual(
      theirs.map(({ name }) => ours.get(name)),
      theirs,
    );
  });

  it('calls what measures nothing an error', () => {
    for (const name of UNMEASURED) assert.deepEqual(ours.get(name), { name, pass: false, score: null });
    assert.equal(ours.size, recorded.verdicts.length);
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    assert.deepEqual((await runPeer(folder, [])).verdicts, recorded.verdicts);
  });
});
