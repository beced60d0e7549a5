import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { skip } from '../../support/skip.ts';
import { DIFFERENCES, differenceOf } from './differences.ts';
import { runOurs } from './ours.ts';
import { hasPeer, runPeer } from './peer.ts';
import { judgeOurs, type Trajectory } from './trajectories.ts';
import type { Recorded, Verdict } from './verdict.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));
const trajectories: Trajectory[] = JSON.parse(readFileSync(path.join(folder, 'trajectories.json'), 'utf8'));

/** Every type that must agree; each is there plainly and turned round where promptfoo knows it so. */
const TYPES = [
  'equals',
  'contains',
  'icontains',
  'contains-any',
  'contains-all',
  'icontains-any',
  'icontains-all',
  'starts-with',
  'regex',
  'is-json',
  'contains-json',
  'levenshtein',
  'rouge-n',
  'bleu',
  'gleu',
  'meteor',
  'is-xml',
  'contains-xml',
  'is-html',
  'contains-html',
  'cost',
  'latency',
  'javascript',
  'is-valid-openai-tools-call',
  'tool-call-f1',
];

describe(`verdicts of promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  const theirs = [...recorded.verdicts, ...recorded.trajectories];
  let ours = new Map<string, Verdict>();

  before(async () => {
    const verdicts = [...(await runOurs(folder)), ...(await judgeOurs(trajectories))];
    ours = new Map(verdicts.map((verdict) => [verdict.name, verdict]));
    assert.equal(ours.size, verdicts.length, 'every verdict has a name of its own');
  });

  it('has a verdict for each of at least 300 cases', () => {
    assert.ok(theirs.length >= 300, `${theirs.length} cases`);
    assert.deepEqual([...ours.keys()].sort(), theirs.map(({ name }) => name).sort());
  });

  it('covers every deterministic type', () => {
    const texts = JSON.stringify(readCases());
    for (const type of TYPES) {
      assert.ok(texts.includes(`"type": "${type}"`) || texts.includes(`\\"type\\": \\"${type}\\"`), type);
    }
    for (const type of ['tool-used', 'tool-args-match', 'tool-sequence', 'step-count']) {
      assert.ok(
        trajectories.some(({ assertion }) => assertion['type'] === `trajectory:${type}`),
        type,
      );
    }
  });

  it('agrees on passing or failing, case by case, beside the listed differences', () => {
    const wrong = theirs.filter((verdict) => {
      return verdict.pass !== ours.get(verdict.name)?.pass && !differenceOf(verdict.name);
    });
    assert.deepEqual(wrong, []);
  });

  it('agrees on the score', () => {
    const wrong = theirs.filter((verdict) => {
      return !sameScore(verdict.score, ours.get(verdict.name)?.score ?? null) && !differenceOf(verdict.name);
    });
    assert.deepEqual(wrong, []);
  });

  it('lists no difference that is none, and describes each', () => {
    const page = readFileSync(path.join(folder, '../../../docs/promptfoo.md'), 'utf8');
    for (const difference of DIFFERENCES) {
      assert.ok(
        page.includes(`### ${difference.title}`),
        `docs/promptfoo.md does not say: ${difference.title}`,
      );
      const differs = theirs.some((verdict) => {
        const own = ours.get(verdict.name);
        const same = verdict.pass === own?.pass && sameScore(verdict.score, own?.score ?? null);
        return differenceOf(verdict.name) === difference && !same;
      });
      assert.ok(differs, `nothing differs: ${difference.title}`);
    }
  });

  it('never passes what promptfoo could not judge, but for the listed differences', () => {
    const broken = theirs.filter(({ name, score }) => score === null && !differenceOf(name));
    assert.deepEqual(
      broken.filter(({ name }) => ours.get(name)?.pass),
      [],
    );
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    const now = await runPeer(folder, trajectories);
    assert.equal(now.promptfooVersion, recorded.promptfooVersion);
    assert.deepEqual(
      [...now.verdicts, ...now.trajectories].map(({ name, pass }) => ({ name, pass })),
      theirs.map(({ name, pass }) => ({ name, pass })),
    );
  });
});

function readCases(): string[] {
  const config = readFileSync(path.join(folder, 'promptfooconfig.yaml'), 'utf8');
  const files = [...config.matchAll(/file:\/\/(cases\/\S+)/g)].map((match) => match[1] ?? '');
  return files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
}

/** Formulas agree to rounding. */
function sameScore(left: number | null, right: number | null): boolean {
  if (left === null || right === null) return left === right;
  return Math.abs(left - right) < 1e-6;
}
