import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  ALERT_EVENTS,
  ALERT_STATES,
  ALERT_TABLE,
} from '../../../../src/engine/telemetry/alerts/alertStates.ts';
import { judge } from '../../../../src/engine/telemetry/alerts/judge.ts';
import { alertRule } from '../../../support/alerts/alertWorld.ts';

/** As docs/alerts.md prints it: by state, what each event leads to. */
const TABLE = `
no data  | pending | firing, notify | inactive | inactive | no data
inactive | pending | firing, notify | inactive | inactive | no data
pending  | pending | firing, notify | inactive | inactive | no data
firing   | firing  | firing         | firing   | resolved, notify | silent
silent   | firing  | firing         | firing   | resolved, notify | silent
resolved | pending | firing, notify | resolved | resolved | no data
`;

function printed(): string[][] {
  return ALERT_STATES.map((state) => [
    state.replace('-', ' '),
    ...ALERT_EVENTS.map((event) => {
      const { to, effect } = ALERT_TABLE[state][event];
      return `${to.replace('-', ' ')}${effect === null ? '' : ', notify'}`;
    }),
  ]);
}

function cells(line: string): string[] {
  return line.split('|').map((cell) => cell.trim());
}

describe('the states of alerts', () => {
  it('are these', () => assert.deepEqual(printed(), TABLE.trim().split('\n').map(cells)));

  it('are printed in the documentation', () => {
    const rows = readFileSync('docs/alerts.md', 'utf8')
      .split('\n')
      .filter((line) => ALERT_STATES.some((state) => line.startsWith(`| ${state.replace('-', ' ')} |`)))
      .map((line) => cells(line.replaceAll('**', '')).slice(1, -1));
    assert.deepEqual(rows, printed());
  });

  it('are resolved by a measured value only', () => {
    for (const state of ALERT_STATES)
      for (const event of ALERT_EVENTS)
        if (ALERT_TABLE[state][event].effect === 'resolves') assert.equal(event, 'fine');
  });
});

describe('what a figure says', () => {
  const low = alertRule('mean score < 0.7', { clear: 0.75, minSamples: 3 });
  const high = alertRule('p95 latency > 8s', { clear: 6_000 });
  const silence = alertRule('calls < 1');
  const spent = alertRule('cost > $5', { clear: 4 });
  const cases: [string, Parameters<typeof judge>[0], Partial<Parameters<typeof judge>[1]>, string][] = [
    ['below the limit', low, { value: 0.69 }, 'breach'],
    ['at the limit', low, { value: 0.7 }, 'between'],
    ['between the limit and clear', low, { value: 0.74 }, 'between'],
    ['at clear', low, { value: 0.75 }, 'fine'],
    ['without a value', low, { value: null }, 'no-data'],
    ['with too few samples', low, { value: 0.1, samples: 2 }, 'no-data'],
    ['with just enough samples', low, { value: 0.1, samples: 3 }, 'breach'],
    ['that is no number', low, { value: Number.NaN }, 'no-data'],
    ['that is infinite', high, { value: Number.POSITIVE_INFINITY }, 'no-data'],
    ['above the limit', high, { value: 8_001 }, 'breach'],
    ['at an upper limit', high, { value: 8_000 }, 'between'],
    ['at an upper clear', high, { value: 6_000 }, 'fine'],
    ['<= at its limit', alertRule('mean score <= 0.7'), { value: 0.7 }, 'breach'],
    ['>= at its limit', alertRule('errors >= 3'), { value: 3, samples: 0 }, 'breach'],
    ['of a silence', silence, { value: 0, samples: 0 }, 'breach'],
    ['of a silence that was not watched', silence, { value: 0, samples: 0, atLeast: true }, 'no-data'],
    ['of enough calls, not all watched', silence, { value: 1, atLeast: true }, 'fine'],
    ['of a sum over the limit, not all known', spent, { value: 6, atLeast: true }, 'breach'],
    ['of a sum below the limit, not all known', spent, { value: 3, atLeast: true }, 'no-data'],
    ['of a sum below the limit', spent, { value: 3 }, 'fine'],
  ];
  for (const [name, rule, observation, expected] of cases)
    it(`${name}: ${expected}`, () =>
      assert.equal(judge(rule, { value: null, samples: 10, atLeast: false, ...observation }), expected));
});
