import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatRange,
  formatScore,
  formatSigned,
  withSign,
} from '../../../src/engine/model/figures.ts';

describe('figures', () => {
  it('show money with as many digits as it needs, and the unknown as unknown', () => {
    const amounts: [number | null, string][] = [
      [null, 'unknown'],
      [0, '$0'],
      [1e-7, '$0.00000010'],
      [0.00031, '$0.00031'],
      [0.0123, '$0.0123'],
      [0.5, '$0.5000'],
      [1234.5, '$1,234.50'],
    ];
    for (const [usd, text] of amounts) assert.equal(formatCost(usd), text);
  });

  it('show durations in the unit that fits', () => {
    assert.deepEqual([12.4, 1_240, 185_000, 7_620_000].map(formatDuration), [
      '12 ms',
      '1.2 s',
      '3 min 05 s',
      '2 h 07 min',
    ]);
  });

  it('show shares with one decimal, and 100 % only for all', () => {
    const shares: [number | null, string][] = [
      [0.9394, '93.9 %'],
      [4 / 6, '66.7 %'],
      [1 / 3, '33.3 %'],
      [19_999 / 20_000, '99.9 %'],
      [1, '100.0 %'],
      [0, '0.0 %'],
      [null, '–'],
    ];
    for (const [share, text] of shares) assert.equal(formatPercent(share), text);
    assert.equal(formatRange({ low: 0.854, high: 0.976 }), '85.4–97.6');
  });

  it('show scores, counts and plurals', () => {
    assert.deepEqual([formatScore(0.912), formatScore(0.9124, 3), formatScore(null)], ['0.91', '0.912', '–']);
    const counts = [
      0,
      999,
      1_000,
      12_345,
      1_234_567,
      -1_234,
      -123,
      1_234.5,
      2 ** 53,
      Number.POSITIVE_INFINITY,
    ];
    assert.deepEqual(
      counts.map(formatCount),
      counts.map((count) => count.toLocaleString('en-US')),
    );
    assert.equal(formatCount(1_234_567), '1,234,567');
    assert.deepEqual([counted(1, 'case'), counted(1_200, 'case')], ['1 case', '1,200 cases']);
    assert.equal(counted(2, 'reply', 'replies'), '2 replies');
  });

  it('show differences with a sign, and none for zero', () => {
    assert.deepEqual(
      [4.23, -0.51, -0.04, 0].map((value) => formatSigned(value, 1)),
      ['+4.2', '−0.5', '0.0', '0.0'],
    );
    assert.equal(withSign(-0.02, formatCost), '−$0.0200');
    assert.equal(withSign(0, formatCost), '$0');
  });
});
