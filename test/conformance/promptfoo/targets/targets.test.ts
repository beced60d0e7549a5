import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { type Difference, differenceOf } from '../differences.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, runPeer } from '../peer.ts';
import type { Recorded, Verdict } from '../verdict.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));

const DIFFERENT: readonly Difference[] = [
  { title: 'Nothing to check is an error', names: ['weight 0 for every type*'] },
  { title: 'Weight 0 never decides', names: ['weight 0 of max-score (*'] },
];

describe(`targets ranked by promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  const theirs = recorded.verdicts;
  let ours = new Map<string, Verdict>();

  before(async () => {
    ours = new Map((await runOurs(folder)).map((verdict) => [verdict.name, verdict]));
  });

  it('agrees on passing and on the score of every target, beside the listed differences', () => {
    const wrong = theirs.filter((verdict) => !same(verdict, ours) && !differenceOf(verdict.name, DIFFERENT));
    assert.deepEqual(wrong, []);
    assert.ok(theirs.length >= 50 && theirs.length === ours.size, `${theirs.length} and ${ours.size}`);
  });

  it('lists no difference that is none, and describes each', () => {
    const page = readFileSync(path.join(folder, '../../../../docs/promptfoo.md'), 'utf8');
    for (const { title } of DIFFERENT) assert.ok(page.includes(`### ${title}`), title);
    const listed = theirs.filter(({ name }) => differenceOf(name, DIFFERENT));
    assert.ok(listed.length > 0 && listed.every((verdict) => !same(verdict, ours)));
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    assert.deepEqual((await runPeer(folder, [])).verdicts, theirs);
  });
});

/** Formulas agree to rounding. */
function same({ name, pass, score }: Verdict, ours: ReadonlyMap<string, Verdict>): boolean {
  const own = ours.get(name);
  if (own?.pass !== pass) return false;
  return own.score === null || score === null ? own.score === score : Math.abs(own.score - score) < 1e-6;
}
