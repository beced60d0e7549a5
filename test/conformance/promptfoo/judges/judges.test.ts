import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { createModelCatalog } from '../../../../src/engine/models/catalog.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../../src/engine/ports.ts';
import { skip } from '../../../support/skip.ts';
import { differenceOf } from '../differences.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, runPeer } from '../peer.ts';
import { judgeOurs } from '../trajectories.ts';
import type { Recorded, Verdict } from '../verdict.ts';
import { JUDGE_CASES } from './cases.ts';
import { JUDGE_DIFFERENCES } from './differences.ts';
import { GOAL_CASES } from './goals.ts';
import { withJudgeSuite } from './suite.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));

const RANDOM = { next: () => 0.5, hex: (bytes: number) => '0'.repeat(bytes * 2) };

describe(`judges of promptfoo ${recorded.promptfooVersion}, on the same replies`, function () {
  this.timeout(120_000);
  const theirs = [...recorded.verdicts, ...recorded.trajectories];
  let ours = new Map<string, Verdict>();

  before(async () => {
    const verdicts = await withJudgeSuite(async ({ folder: suite, goals, baseUrl }) => [
      ...(await runOurs(suite)),
      ...(await judgeOurs(goals, { models: judgesAt(baseUrl), judgeModel: 'local/judge' })),
    ]);
    ours = new Map(verdicts.map((verdict) => [verdict.name, verdict]));
  });

  it('has a verdict for each case', () => {
    const names = [...JUDGE_CASES, ...GOAL_CASES].map(({ name }) => name);
    assert.deepEqual([...ours.keys()].sort(), names.sort());
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

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    const now = await withJudgeSuite(({ folder: suite, goals }) => runPeer(suite, goals));
    assert.deepEqual([...now.verdicts, ...now.trajectories], theirs);
  });
});

function judgesAt(baseUrl: string) {
  const ports = { environment: fixedEnvironment({}), clock: systemClock, random: RANDOM, log: noLog };
  return createModelCatalog({ local: { baseUrl } }, ports);
}

/** Formulas agree to rounding. */
function same(theirs: Verdict, ours: Verdict | undefined): boolean {
  if (!ours || ours.pass !== theirs.pass) return false;
  if (ours.score === null || theirs.score === null) return ours.score === theirs.score;
  return Math.abs(ours.score - theirs.score) < 1e-6;
}
