import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { DeploymentEntry } from '../../src/protocol/deploymentEntries.ts';
import { keeping, NOW, paused, rolledBack, starting, watching } from '../support/deploy/deploymentEntries.ts';
import { stubEditor } from '../support/editorStub.ts';

stubEditor();

describe('texts of deployments', () => {
  let texts: typeof import('../../src/ui/deployments/deploymentTexts.ts');
  before(async () => {
    texts = await import('../../src/ui/deployments/deploymentTexts.ts');
  });

  const PHASES: [DeploymentEntry, string][] = [
    [watching, 'watching at 10 %'],
    [starting, 'starting green'],
    [paused, 'paused at 10 %'],
    [rolledBack, 'rolled back at 10 %'],
    [keeping, 'at 100 %, blue is kept'],
    [{ ...starting, phase: 'preparing' }, 'preparing'],
    [{ ...starting, phase: 'paused' }, 'paused'],
    [{ ...keeping, phase: 'done' }, 'done'],
    [{ ...watching, phase: 'failed' }, 'failed'],
  ];
  for (const [entry, text] of PHASES) it(`say "${text}"`, () => assert.equal(texts.phaseText(entry), text));

  it('count down in whole seconds, and never below 0', () => {
    assert.equal(texts.leftText(NOW + 200_000, NOW), '3 min 20 s left');
    assert.equal(texts.leftText(NOW + 4_200, NOW), '5 s left');
    assert.equal(texts.leftText(NOW - 5_000, NOW), 'time is over');
    assert.equal(texts.leftText(null, NOW), null);
  });

  it('name both versions, and what nothing served before', () => {
    assert.equal(texts.versionsText(watching), 'support-2 → support-3');
    assert.equal(texts.versionsText({ ...watching, blue: null }), 'nothing → support-3');
  });

  it('tell the facts of a deployment, with what somebody else has changed', () => {
    assert.deepEqual(texts.deploymentFacts(paused, NOW), [
      'support: support-2 → support-3',
      'paused at 10 %',
      'route support of the gateway at 127.0.0.1:4320',
      'Blue 90 %, green 10 %',
      '12 of 30 samples · gate undecided',
      'The gate could not be decided within the hold: 12 samples of 30.',
      'Changed by somebody else: The route has a third target that this deployment does not know: canary-x.',
    ]);
  });

  it('let no name break its row', () => {
    const green = { name: 'a\nb\u202e', what: 'x' };
    assert.doesNotMatch(texts.versionsText({ ...watching, green }), /[\n\u202e]/);
  });
});
