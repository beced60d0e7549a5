import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInShare, matchesSpan } from '../../../src/engine/monitors/spanMatch.ts';
import type { MonitorMatch } from '../../../src/engine/suites/monitoring/monitorConfig.ts';
import { readSpan } from '../../../src/engine/telemetry/dialects/readSpan.ts';
import { toolSpan } from '../../support/liveMonitors.ts';

describe('what a monitor matches', () => {
  const record = toolSpan('b1', {
    parentSpanId: 'a1',
    resource: { 'service.version': '1.4.0', 'deployment.environment.name': 'prod' },
    attributes: { 'gen_ai.conversation.id': 'session-7', tier: 'gold', retries: 2, cached: false },
  });
  const span = readSpan(record);

  for (const [match, expected] of [
    [{ kind: ['tool'] }, true],
    [{ kind: ['agent', 'model'] }, false],
    [{ service: ['SUPPORT-*'] }, true],
    [{ service: ['support'] }, false],
    [{ release: ['1.4.*'] }, true],
    [{ session: ['session-7'] }, true],
    [{ name: ['look*'] }, true],
    [{ name: ['execute_tool lookup'] }, true],
    [{ model: ['*'] }, false],
    [{ root: true }, false],
    [{ root: false }, true],
    [{ attributes: { tier: 'go*', retries: 2, cached: false } }, true],
    [{ attributes: { 'deployment.environment.name': 'prod' } }, true],
    [{ attributes: { retries: '2' } }, false],
    [{ attributes: { constructor: '*' } }, false],
    [{ kind: ['tool'], service: ['other'] }, false],
  ] as const satisfies readonly (readonly [MonitorMatch, boolean])[]) {
    it(`${JSON.stringify(match)}: ${expected}`, () => assert.equal(matchesSpan(span, match), expected));
  }

  it('is a share of the traces by their ids: the same each time, a smaller one within a greater one, and about so many', () => {
    const id = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(
        id,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trace, a, b) => {
          const [less, more] = a < b ? [a, b] : [b, a];
          assert.equal(isInShare(trace, less), isInShare(trace, less));
          if (isInShare(trace, less)) assert.ok(isInShare(trace, more));
          assert.ok(isInShare(trace, 1) && !isInShare(trace, 0));
        },
      ),
    );
    // Ids that count up, as some senders make them. Six standard deviations of a binomial of 10,000 draws are 240.
    const drawn = Array.from({ length: 10_000 }, (_, nth) => nth.toString(16).padStart(32, '0'));
    const inShare = drawn.filter((trace) => isInShare(trace, 0.2)).length;
    assert.ok(Math.abs(inShare - 2_000) < 240, `${inShare} of 10,000`);
  });
});
