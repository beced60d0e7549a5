import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { differenceOf } from '../differences.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, runPeer } from '../peer.ts';
import type { Recorded, Verdict } from '../verdict.ts';
import { JUDGE_CASES } from './cases.ts';
import { JUDGE_DIFFERENCES } from './differences.ts';
import { withJudgeSuite } from './suite.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));

describe(`judges of promptfoo ${recorded.promptfooVersion}, on the same replies`, function () {
  this.timeout(120_000);
  const theirs = recorded.verdicts;
  let ours = new Map<string, Verdict>();

  before(async () => {
    ours = new Map((await withJudgeSuite(runOurs)).map((verdict) => [verdict.name, verdict]));
  });

  it('has a verdict for each case', () => {
    assert.deepEqual([...ours.keys()].sort(), JUDGE_CASES.map(({ name }) => name).sort());
    assert.deepEqual([...ours.keys()].sort(), theirs.map(({ name }) => name).sort());
  });

  it('agrees on passing and on the score, beside the listed differences', () => {
    const wrong = theirs.filter((verdict) => {
      return !same(verdict, ours.get(verdict.name)) && !differenceOf(verdict.name, JUDGE_DIFFERENCES);
    });
    assert.deepEqual(wrong, []);
  });

  it('lists no difference that is none, and describes each', () => {
    const page = readFileSync(path.join(folder, '../../../../docs/promptfoo.md'), 'utf8');
    for (const { title, names } of JUDGE_DIFFERENCES) {
      assert.ok(page.includes(`### ${title}`), `docs/promptfoo.md does not say: ${title}`);
      for (const name of names) {
        const listed = theirs.filter((verdict) => differenceOf(verdict.name, [{ title, names: [name] }]));
        assert.ok(listed.length > 0, `no case: ${name}`);
        for (const verdict of listed) assert.ok(!same(verdict, ours.get(verdict.name)), verdict.name);
      }
    }
  });

  it('never passes where promptfoo does not', () => {
    const eased = theirs.filter(({ name, pass }) => !pass && ours.get(name)?.pass);
    assert.deepEqual(eased, []);
  });

  const installed = hasPeer();
  const reason = installed ? '' : ' (skipped: promptfoo is not installed in .peers/promptfoo)';
  (installed ? it : it.skip)(`is what promptfoo says now, side by side${reason}`, async () => {
    assert.deepEqual((await withJudgeSuite((suite) => runPeer(suite, []))).verdicts, theirs);
  });
});

/** Formulas agree to rounding. */
function same(theirs: Verdict, ours: Verdict | undefined): boolean {
  if (!ours || ours.pass !== theirs.pass) return false;
  if (ours.score === null || theirs.score === null) return ours.score === theirs.score;
  return Math.abs(ours.score - theirs.score) < 1e-6;
}
