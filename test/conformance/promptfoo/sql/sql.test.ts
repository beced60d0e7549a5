import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { runOurs } from '../ours.ts';
import { hasPeer, PEER_PACKAGES, runPeer } from '../peer.ts';
import type { Recorded, Verdict } from '../verdict.ts';

const folder = import.meta.dirname;
const recorded: Recorded = JSON.parse(readFileSync(path.join(folder, 'recorded.json'), 'utf8'));

/** docs/promptfoo.md, “What cannot be measured is an error”. */
const UNMEASURED = ['unknown database', 'not unknown database'];
const REFUSED = ['text as value', 'not text as value'];

describe(`verdicts on SQL of promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  let ours = new Map<string, Verdict>();

  before(async function () {
    if (!existsSync(path.join(PEER_PACKAGES, 'node-sql-parser')))
      skip(this, 'node-sql-parser is not installed in .peers/promptfoo');
    ours = new Map((await runOurs(folder, PEER_PACKAGES)).map((verdict) => [verdict.name, verdict]));
  });

  it('agrees on passing and on the score, case by case', () => {
    const theirs = recorded.verdicts.filter(({ name }) => !UNMEASURED.includes(name));
    assert.ok(theirs.length >= 90);
    assert.deepEqual(
      theirs.map(({ name }) => ours.get(name)),
      theirs,
    );
  });

  it('calls what measures nothing an error', () => {
    for (const name of [...UNMEASURED, ...REFUSED])
      assert.deepEqual(ours.get(name), { name, pass: false, score: null });
    assert.equal(ours.size, recorded.verdicts.length);
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    assert.deepEqual((await runPeer(folder, [])).verdicts, recorded.verdicts);
  });
});
