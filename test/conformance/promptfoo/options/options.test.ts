import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, runPeer } from '../peer.ts';
import type { Recorded, Verdict } from '../verdict.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));

/** Failures in promptfoo, and errors here: docs/promptfoo.md, “What cannot be measured is an error”. */
const UNMEASURED = ['scoring, returns no verdict', 'scoring, throws'];

describe(`transformVars and assertScoringFunction of promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  let ours = new Map<string, Verdict>();

  before(async () => {
    ours = new Map((await runOurs(folder)).map((verdict) => [verdict.name, verdict]));
  });

  it('agrees on passing and on the score, case by case', () => {
    const theirs = recorded.verdicts.filter(({ name }) => !UNMEASURED.includes(name));
    assert.ok(theirs.length >= 20);
    assert.deepEqual(
      theirs.map(({ name }) => ours.get(name)),
      theirs,
    );
    assert.equal(ours.size, recorded.verdicts.length);
  });

  it('calls what measures nothing an error', () => {
    for (const name of UNMEASURED) assert.deepEqual(ours.get(name), { name, pass: false, score: null });
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    assert.deepEqual((await runPeer(folder, [])).verdicts, recorded.verdicts);
  });
});
