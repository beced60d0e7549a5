import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { LONGEST_WAIT_MS, parseRetryAfter } from '../../../src/engine/http/retryAfter.ts';

const NOW = Date.parse('2026-11-05T12:00:00Z');
const wait = (value: string) => parseRetryAfter({ 'retry-after': value }, NOW);

describe('Retry-After', () => {
  for (const [value, waitMs] of [
    ['600', 600_000],
    ['60', 60_000],
    ['0', 0],
    ['0.0', 0],
    ['1.5', 1500],
    ['007', 7000],
    [' 120 ', 120_000],
    ['Thu, 05 Nov 2026 12:02:00 GMT', 120_000],
    ['Thursday, 05-Nov-26 12:02:00 GMT', 120_000],
    ['Thu Nov  5 12:02:00 2026', 120_000],
    ['Fri Nov 20 12:00:00 2026', 15 * 86_400_000],
    ['Thu, 05 Nov 2026 12:00:60 GMT', 60_000],
    ['Tue, 29 Feb 2028 00:00:00 GMT', LONGEST_WAIT_MS],
    ['Thu, 05 Nov 2026 11:00:00 GMT', 0],
    ['Thu, 05 Nov 2026 12:00:00 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Sun Nov  6 08:49:37 1994', 0],
    ['Thu, 01 Jan 0001 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', LONGEST_WAIT_MS],
    ['9000000000000', LONGEST_WAIT_MS],
    ['999999999', LONGEST_WAIT_MS],
    ['1000000000', 0],
    [String(NOW / 1000 + 30), 30_000],
    [String(NOW / 1000 - 30), 0],
    ['99999999999', LONGEST_WAIT_MS],
    ['100000000000', 0],
    [String(NOW + 1500), 1500],
    ['9'.repeat(400), LONGEST_WAIT_MS],
  ] as const) {
    it(`is ${waitMs} ms for '${value.slice(0, 40)}'`, () => assert.equal(wait(value), waitMs));
  }

  for (const value of [
    '',
    ' ',
    '-1',
    '+5',
    '120x',
    ' 120x',
    '1e3',
    '0x10',
    '1,5',
    '.5',
    '5.',
    '١٢',
    'NaN',
    'Infinity',
    'soon',
    '120, 60',
    '2026-11-05',
    '2026-11-05T12:02:00Z',
    'Nov 5 2026',
    '5 Nov 2026 12:02:00',
    'Thu, 05 Nov 2026 12:02:00',
    'Thu, 05 Nov 2026 12:02:00 UTC',
    'Thu, 05 Nov 2026 12:02:00 +0000',
    'Thu, 05 Nov 2026 12:02:00 PST',
    'Thu, 5 Nov 2026 12:02:00 GMT',
    'thu, 05 nov 2026 12:02:00 gmt',
    'Thu, 05 Nov 2026 12:02:00 GMT (noon)',
    'Thursday, 05-Nov-2026 12:02:00 GMT',
    'Thu Nov 5 12:02:00 2026',
    'Thu, 31 Nov 2026 12:02:00 GMT',
    'Mon, 29 Feb 2027 12:02:00 GMT',
    'Thu, 00 Nov 2026 12:02:00 GMT',
    'Thu, 05 Nov 2026 24:00:00 GMT',
    'Thu, 05 Nov 2026 12:60:00 GMT',
    'Fri, 31 Dec 275000 23:59:59 GMT',
    'Fri, 31 Dec 99999 23:59:59 GMT',
    'Fri, 31 Dec 999999999999 23:59:59 GMT',
  ]) {
    it(`is absent for '${value}'`, () => assert.equal(wait(value), undefined));
  }

  it('prefers the finer header, unless it cannot be read', () => {
    const both = (fine: string) => parseRetryAfter({ 'retry-after-ms': fine, 'retry-after': '9' }, NOW);
    assert.equal(both('40'), 40);
    assert.equal(both('0'), 0);
    assert.equal(both('12.5'), 12.5);
    assert.equal(both('-40'), 9000);
    assert.equal(both('soon'), 9000);
  });

  it('reads two digits of a year as the nearest century, at most 50 years ahead', () => {
    const at = (year: string) => wait(`Thursday, 05-Nov-${year} 12:02:00 GMT`);
    assert.equal(at('76'), LONGEST_WAIT_MS);
    assert.equal(at('77'), 0);
    assert.equal(at('99'), 0);
  });

  it('reads back every date that the platform writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_000 }), (time) => {
        const date = new Date(Math.floor(time / 1000) * 1000);
        const expected = Math.min(LONGEST_WAIT_MS, Math.max(0, date.getTime() - NOW));
        assert.equal(wait(date.toUTCString()), expected);
      }),
    );
  });

  it('is within its bounds, or absent, whatever is sent', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9 .:,A-Za-z-]{0,40}$/));
    fc.assert(
      fc.property(texts, texts, (seconds, milliseconds) => {
        const waitMs = parseRetryAfter({ 'retry-after': seconds, 'retry-after-ms': milliseconds }, NOW);
        assert.ok(waitMs === undefined || (waitMs >= 0 && waitMs <= LONGEST_WAIT_MS));
      }),
    );
  });
});
