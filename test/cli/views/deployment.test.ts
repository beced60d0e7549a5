import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { columnsOf } from '../../../src/cli/terminal/columns.ts';
import { styleFor } from '../../../src/cli/terminal/style.ts';
import { deploymentLines, explainLines, planLines, progressLine } from '../../../src/cli/views/deployment.ts';
import type { DeploymentEntry } from '../../../src/protocol/deploymentEntries.ts';
import * as entries from '../../support/deploy/deploymentEntries.ts';
import { matchesGolden } from '../../support/goldenFile.ts';

const { NOW, watching } = entries;
const style = styleFor({ isTTY: false }, {});
const lines = (entry: DeploymentEntry, width: number) => deploymentLines(entry, NOW, { style, width });

const SHOWN: { [name: string]: DeploymentEntry } = {
  watching,
  starting: entries.starting,
  paused: entries.paused,
  'rolled-back': entries.rolledBack,
  keeping: entries.keeping,
};

describe('deployment in a terminal', () => {
  for (const [name, entry] of Object.entries(SHOWN)) {
    it(`shows one that is ${name}`, () => {
      matchesGolden(`deployment-${name}.txt`, `${lines(entry, 110).join('\n')}\n`);
    });
  }

  it('fits narrow terminals, with one version below the other', () => {
    for (const width of [40, 60, 80]) {
      const shown = lines(watching, width).filter((line) => !line.includes('touchstone '));
      assert.deepEqual(
        shown.filter((line) => columnsOf(line) > width),
        [],
        `at ${width}`,
      );
    }
    matchesGolden('deployment-narrow.txt', `${lines(watching, 48).join('\n')}\n`);
  });

  it('writes what was not measured as that, and never as 0', () => {
    const report = watching.report ?? assert.fail();
    const text = lines(
      { ...watching, report: { ...report, blue: entries.nothingMeasured, green: entries.nothingMeasured } },
      120,
    ).join('\n');
    assert.match(text, /errors +not measured +not measured/);
    assert.match(text, /cost per request +not measured/);
    assert.match(text, /samples +0 +0 of 30/);
  });

  it('lets nothing that a version or a journal says steer the terminal', () => {
    const evil = '\u001b[2Jgone\nnext';
    const text = lines(
      {
        ...watching,
        where: evil,
        blue: { name: evil, what: evil },
        green: { name: evil, what: evil },
        states: { blue: evil, green: evil },
        drift: [evil],
        explanation: [evil],
        journal: [{ seq: 1, kind: 'note', atMs: NOW, by: evil, text: evil }],
      },
      100,
    ).join('\n');
    assert.ok(!text.includes('\u001b'));
    assert.ok(!text.split('\n').includes('next'));
  });

  it('says that nothing goes on where nobody controls it', () => {
    assert.match(
      lines({ ...watching, controller: null }, 100).join('\n'),
      /nobody controls it, so nothing goes on/,
    );
    assert.doesNotMatch(lines(entries.rolledBack, 100).join('\n'), /nobody controls/);
  });

  it('has one line for who watches, with the time that is left', () => {
    assert.equal(
      progressLine(watching, NOW),
      'support: watching step 2 of 6 (10 %) · green 10 % · 34 of 30 samples · gate undecided · 3 min 20 s left',
    );
    assert.equal(
      progressLine({ ...watching, untilMs: NOW - 1 }, NOW)
        .split(' · ')
        .at(-1),
      'time is over',
    );
    assert.equal(
      progressLine({ ...watching, untilMs: NOW + 4_200 }, NOW)
        .split(' · ')
        .at(-1),
      '5 s left',
    );
    assert.equal(
      progressLine(entries.rolledBack, NOW),
      'support: rolled back at step 2 of 6 (10 %) · green 0 % · 34 of 30 samples · gate fail',
    );
  });

  it('explains, and says what can be done', () => {
    matchesGolden(
      'deployment-explained.txt',
      `${explainLines(watching, NOW, { style, width: 90 }).join('\n')}\n`,
    );
  });

  it('shows what is steered, and where, before anything is moved', () => {
    const plan = {
      deployment: 'support',
      where: 'HTTPRoute shop/support in context prod',
      context: 'prod',
      from: null,
      to: 'newer',
      steps: [
        { weight: 1, holdMs: 600_000, minSamples: 30 },
        { weight: 100, holdMs: 90_000, minSamples: 30 },
      ],
      warnings: ['The suite has no gate.'],
      unapproved: 'release newer was not evaluated',
    };
    assert.deepEqual(planLines(plan, { style, width: 100 }), [
      'support: nothing (blue, now) → newer (green, next)',
      '  steers: HTTPRoute shop/support in context prod',
      '  steps: 1 % for 10 min, 100 % for 1 min 30 s',
      '  The suite has no gate.',
      '  needs a reason: release newer was not evaluated',
    ]);
  });
});
