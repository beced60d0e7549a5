import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { shownName } from '../../../src/engine/deploy/shownName.ts';
import type { VersionTarget } from '../../../src/engine/suites/deploying/deploymentConfig.ts';

describe('the name of a version, as it is shown', () => {
  const url = (address: string): VersionTarget => ({ kind: 'url', url: address });
  for (const [name, target, shown] of [
    ['release/support-1', { kind: 'release', release: 'support-1' }, 'support-1'],
    ['support-1', { kind: 'release', release: 'support-1' }, 'support-1'],
    ['http://127.0.0.1:9000', url('http://127.0.0.1:9000'), '127.0.0.1:9000'],
    ['http://127.0.0.1:9000/desk', url('http://127.0.0.1:9000/desk'), '127.0.0.1:9000/desk'],
    ['older', url('http://127.0.0.1:9000'), 'older'],
    ['openai/gpt-5-mini', { kind: 'model', model: 'openai/gpt-5-mini' }, 'openai/gpt-5-mini'],
  ] as const)
    it(`${name} is ${shown}`, () => assert.equal(shownName({ name, target, digest: 'x' }), shown));
});
