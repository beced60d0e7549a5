import assert from 'node:assert/strict';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const HOUR = 3_600_000;

async function check(keep: string) {
  const root = temporaryFolder({
    'touchstone.yaml': `metrics:\n  keep: ${keep}\nalerts: { slow: { when: p95 latency > 8s } }\n`,
  });
  const { signal } = new AbortController();
  const { workspace, problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
  const said = problems.map(({ message, location: { line, column } }) => `${line}:${column}: ${message}`);
  return { keep: workspace?.config.metrics?.keep, said };
}

describe('metrics of touchstone.yaml', () => {
  it('say how long each level is kept', async () => {
    assert.deepEqual(await check('{ 1s: 12h, 1d: forever }'), {
      keep: { '1s': 12 * HOUR, '1d': Number.POSITIVE_INFINITY },
      said: [],
    });
    assert.deepEqual(await check('{}'), { keep: {}, said: [] });
  });

  for (const [keep, ...said] of [
    ['{ 1s: 30m }', '2:15: 1s is kept for 30m; expected at least 1h'],
    ['{ 1min: 0 }', '2:17: 1min is kept for 0; expected at least 1d'],
    ['{ 1d: 30d }', '2:15: 1d is kept for 30d; expected at least 31d'],
    ['{ 1s: 401d }', '2:15: 1s would be kept for longer than 1min'],
    ['{ 1h: forever, 1d: 400d }', '2:15: 1h would be kept for longer than 1d'],
    ['{ 1s: 6 }', '2:15: metrics.keep.1s is 6; expected a time such as 6h, 30d or 52w, or forever'],
    ['{ 5min: 6h }', '2:11: "5min" is not a key of metrics.keep'],
  ])
    it(`refuse ${keep}`, async () => {
      assert.deepEqual(await check(keep ?? ''), { keep: undefined, said });
    });
});
