import assert from 'node:assert/strict';
import { namedScores } from '../../../../src/engine/evaluators/scoring/namedScores.ts';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import { evaluation } from '../../../support/sampleReport.ts';

const set = (detail: JsonValue, more: Partial<Evaluation> = {}) =>
  evaluation('set', 0.5, { type: 'assert-set', detail, ...more });
const member = (metric: JsonValue, score: number, more = {}) => ({
  status: 'scored',
  metric,
  score,
  ...more,
});

describe('the mean of every metric', () => {
  const rows: [what: string, evaluations: Evaluation[], expected: { [metric: string]: number }][] = [
    ['is none without a metric', [evaluation('a', 1)], {}],
    [
      'goes by the weights of its assertions',
      [
        evaluation('a', 1, { metric: 'm', weight: 3 }),
        evaluation('b', 0.5, { metric: 'm' }),
        evaluation('c', 0.25, { metric: 'n' }),
      ],
      { m: 3.5 / 4, n: 0.25 },
    ],
    ['is 0 where all of them weigh nothing', [evaluation('a', 1, { metric: 'm', weight: 0 })], { m: 0 }],
    [
      'leaves out what was not scored',
      [
        evaluation('a', 1, { metric: 'm' }),
        evaluation('b', 0, { metric: 'm', status: 'error' }),
        evaluation('c', 0, { metric: 'n', status: 'skipped' }),
      ],
      { m: 1 },
    ],
    [
      'counts the members of a set with their own weight and that of the set',
      [
        set([member('m', 1), member('m', 0, { weight: 3 })], { weight: 2 }),
        evaluation('a', 1, { metric: 'm' }),
      ],
      { m: (2 * 1 + 6 * 0 + 1 * 1) / 9 },
    ],
    [
      'counts a set once in its own metric',
      [set([member('m', 1), member('n', 1)], { metric: 'm' })],
      { m: 0.5, n: 1 },
    ],
    [
      'knows only members with a metric and a score',
      [
        set([
          member('', 1),
          member(5, 1),
          { metric: 'm', status: 'error', score: 1 },
          { score: 1, status: 'scored' },
          'm',
          null,
          member('m', 0.75),
        ]),
      ],
      { m: 0.75 },
    ],
    ['looks into sets alone', [evaluation('a', 1, { detail: [member('m', 1)] }), set({ metric: 'm' })], {}],
  ];
  for (const [what, evaluations, expected] of rows)
    it(what, () => assert.deepEqual(namedScores(evaluations), expected));
});
