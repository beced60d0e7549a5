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

describe(`storeOutputAs and _conversation of promptfoo ${recorded.promptfooVersion}`, function () {
  this.timeout(120_000);
  let ours: Verdict[] = [];

  before(async () => {
    ours = await runOurs(folder);
  });

  it('agrees on passing and on the score, case by case', () => {
    const byName = (a: Verdict, b: Verdict) => a.name.localeCompare(b.name);
    assert.ok(ours.length >= 25);
    assert.deepEqual([...ours].sort(byName), [...recorded.verdicts].sort(byName));
  });

  it('is what promptfoo says now, side by side', async function () {
    if (!hasPeer()) skip(this, 'promptfoo is not installed in .peers/promptfoo');
    assert.deepEqual((await runPeer(folder, [])).verdicts, recorded.verdicts);
  });
});
