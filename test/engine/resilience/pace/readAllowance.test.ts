import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { askedUntil } from '../../../../src/engine/resilience/pace/askedUntil.ts';
import { parseItems } from '../../../../src/engine/resilience/pace/rateLimitFields.ts';
import { readAllowance } from '../../../../src/engine/resilience/pace/readAllowance.ts';
import { parseReset } from '../../../../src/engine/resilience/pace/resetTime.ts';

const WALL = Date.parse('2026-11-05T12:00:00Z');
/** The monotonic clock has another origin than the wall clock. */
const NOW = 5000;
const read = (headers: IncomingHttpHeaders) => readAllowance(headers, WALL, NOW);
const left = (remaining: number | undefined, inMs: number | undefined, limit?: number) => ({
  remaining,
  resetAt: inMs === undefined ? undefined : NOW + inMs,
  limit,
});

describe('when a limit resets', () => {
  for (const [value, waitMs] of [
    ['6m0s', 360_000],
    ['7.66s', 7660],
    ['76ms', 76],
    ['1h2m', 3_720_000],
    ['1h2m3s', 3_723_000],
    ['2m59.56s', 179_560],
    ['1d', 86_400_000],
    ['500us', 0.5],
    ['500µs', 0.5],
    ['0s', 0],
    ['0', 0],
    ['12', 12_000],
    ['11.382883', 11_382.883],
    ['86400', 86_400_000],
    [`${WALL / 1000 + 30}`, 30_000],
    [`${WALL / 1000 - 30}`, 0],
    [`${WALL + 30_000}`, 30_000],
    ['1741305600000', 0],
    ['2026-11-05T12:00:30Z', 30_000],
    ['2026-11-05t12:00:30.250z', 30_250],
    ['2026-11-05T14:00:30+02:00', 30_000],
    ['2026-11-05T06:30:30-05:30', 30_000],
    ['2026-11-05T11:59:59Z', 0],
    ['2026-11-05T12:00:60Z', 60_000],
    ['9'.repeat(400), 365 * 86_400_000],
    ['9999-12-31T23:59:59Z', 365 * 86_400_000],
  ] as const)
    it(`is in ${waitMs} ms for '${value.slice(0, 30)}'`, () =>
      assert.ok(Math.abs((parseReset(value, WALL) ?? Number.NaN) - waitMs) < 1e-6));

  for (const value of [
    '',
    '-1',
    '-6s',
    '6 m',
    '6m0',
    'm',
    '6M',
    '1e3',
    '1:30',
    'soon',
    '30, 30',
    '2026-11-05',
    '2026-11-05T12:00:30',
    '2026-11-05 12:00:30Z',
    '2026-11-31T12:00:30Z',
    '2026-02-29T12:00:30Z',
    '2026-11-05T24:00:00Z',
    'Thu, 05 Nov 2026 12:02:00 GMT',
  ])
    it(`is unknown for '${value}'`, () => assert.equal(parseReset(value, WALL), undefined));
});

describe('what a provider says about its limits', () => {
  const cases: [string, IncomingHttpHeaders, ReturnType<typeof read>][] = [
    [
      'OpenAI',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      { requests: left(59, 1000, 60), tokens: left(149_984, 360_000, 150_000) },
    ],
    [
      'Groq',
      {
        'x-ratelimit-limit-requests': '14400',
        'x-ratelimit-remaining-requests': '14370',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-limit-tokens': '18000',
        'x-ratelimit-remaining-tokens': '17997',
        'x-ratelimit-reset-tokens': '7.66s',
      },
      { requests: left(14_370, 179_560, 14_400), tokens: left(17_997, 7660, 18_000) },
    ],
    [
      'Azure, on success',
      { 'x-ratelimit-remaining-requests': '79', 'x-ratelimit-remaining-tokens': '61353' },
      { requests: left(79, undefined), tokens: left(61_353, undefined) },
    ],
    [
      'Azure, on a 429',
      { 'x-rate-limit-reset-tokens': '55', 'x-ratelimit-remaining-requests': '17' },
      { requests: left(17, undefined), tokens: left(undefined, 55_000) },
    ],
    [
      'Azure, where it does not know',
      {
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-reset-tokens': '0',
      },
      undefined,
    ],
    [
      'OpenRouter',
      {
        'x-ratelimit-limit': '50',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(WALL + 3_600_000),
      },
      { requests: left(0, 3_600_000, 50) },
    ],
    [
      'Mistral',
      {
        'x-ratelimit-limit-tokens-minute': '5000000',
        'x-ratelimit-remaining-tokens-minute': '4999911',
        'x-ratelimit-tokens-query-cost': '52',
        'x-ratelimit-limit-req-minute': '720',
        'x-ratelimit-remaining-req-minute': '717',
      },
      { requests: left(717, undefined, 720), tokens: left(4_999_911, undefined, 5_000_000) },
    ],
    [
      'Cerebras',
      {
        'x-ratelimit-limit-requests-day': '1000000000',
        'x-ratelimit-remaining-requests-day': '999997455',
        'x-ratelimit-reset-requests-day': '33011.382867097855',
        'x-ratelimit-limit-tokens-minute': '1000000000',
        'x-ratelimit-remaining-tokens-minute': '999998298',
        'x-ratelimit-reset-tokens-minute': '11.5',
      },
      {
        requests: left(999_997_455, 33_011_382.867097855, 1_000_000_000),
        tokens: left(999_998_298, 11_500, 1_000_000_000),
      },
    ],
    [
      'Anthropic, the tightest of its limits on tokens',
      {
        'anthropic-ratelimit-requests-limit': '1000',
        'anthropic-ratelimit-requests-remaining': '999',
        'anthropic-ratelimit-requests-reset': '2026-11-05T12:00:01Z',
        'anthropic-ratelimit-tokens-limit': '96000',
        'anthropic-ratelimit-tokens-remaining': '90000',
        'anthropic-ratelimit-tokens-reset': '2026-11-05T12:00:05Z',
        'anthropic-ratelimit-input-tokens-limit': '80000',
        'anthropic-ratelimit-input-tokens-remaining': '79000',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-05T12:00:01Z',
        'anthropic-ratelimit-output-tokens-limit': '16000',
        'anthropic-ratelimit-output-tokens-remaining': '11000',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-05T12:00:20Z',
      },
      { requests: left(999, 1000, 1000), tokens: left(11_000, 20_000, 16_000) },
    ],
    [
      'Anthropic, two limits on tokens used up: the later reset',
      {
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-05T12:00:40Z',
        'anthropic-ratelimit-output-tokens-remaining': '0',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-05T12:00:20Z',
      },
      { tokens: left(0, 40_000) },
    ],
    [
      'the first drafts of the IETF',
      {
        'ratelimit-limit': '100, 100;w=60, 1000;w=3600',
        'ratelimit-remaining': '12',
        'ratelimit-reset': '30',
      },
      { requests: left(12, 30_000, 100) },
    ],
    [
      'draft 07',
      { ratelimit: 'limit=100, remaining=50, reset=5', 'ratelimit-policy': '100;w=60' },
      { requests: left(50, 5000, 100) },
    ],
    [
      'the latest draft, with several policies',
      {
        'ratelimit-policy': '"permin";q=50;w=60, "perhr";q=1000;w=3600',
        ratelimit: '"permin";r=20;t=23, "perhr";r=39;t=2402',
      },
      { requests: left(39, 2_402_000, 1000) },
    ],
    [
      'the latest draft, by units',
      {
        'ratelimit-policy':
          '"a";q=10;w=60;qu="requests", "b";q=9000;w=60;qu="tokens", "c";q=5;qu="content-bytes"',
        ratelimit: '"a";r=1;t=7, "b";r=0;t=9, "c";r=0;t=99',
      },
      { requests: left(1, 7000, 10), tokens: left(0, 9000, 9000) },
    ],
    ['nothing', { 'content-type': 'application/json', 'retry-after': '5' }, undefined],
    ['a number that nobody counts to', { 'x-ratelimit-remaining-requests': '9'.repeat(400) }, undefined],
    ['a limit alone', { 'x-ratelimit-limit-requests': '60' }, undefined],
    ['a header that came twice', { 'x-ratelimit-remaining-requests': '5, 7' }, undefined],
    [
      'a reset that cannot be read',
      { 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': 'soon' },
      { requests: left(5, undefined) },
    ],
    ['a structured field that does not end', { ratelimit: '"a;r=0;t=7' }, undefined],
  ];
  for (const [who, headers, expected] of cases)
    it(`as ${who}`, () => assert.deepEqual(read(headers), expected));

  it('is read from whatever is sent without failing, and never below 0', () => {
    const names = cases.flatMap(([, headers]) => Object.keys(headers));
    const value = fc.oneof(fc.string(), fc.stringMatching(/^[-0-9a-zA-Z";=,.: ]{0,30}$/));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        const { requests, tokens } = read(headers) ?? {};
        for (const { remaining = 0, resetAt = NOW, limit = 0 } of [requests ?? {}, tokens ?? {}] as Partial<
          ReturnType<typeof left>
        >[])
          assert.ok(remaining >= 0 && resetAt >= NOW && limit >= 0);
      }),
    );
  });
});

describe('a structured field', () => {
  it('keeps separators in strings', () => {
    assert.deepEqual(parseItems('"a,b;c";r=1, "d\\"e";r=2;x'), [
      { name: 'a,b;c', parameters: { r: '1' } },
      { name: 'd"e', parameters: { r: '2', x: '?1' } },
    ]);
  });

  for (const text of ['', ',', 'a;', 'a;=1', '"a', 'a;r="1'])
    it(`is ignored where it is malformed: ${text}`, () => assert.deepEqual(parseItems(text), []));
});

describe('when a provider wants to be asked again', () => {
  const refused = { kind: 'rate-limited', until: undefined } as const;
  const until = (headers: IncomingHttpHeaders, tokens?: number) =>
    askedUntil({ decision: refused, allowance: read(headers) ?? {} }, tokens);
  const both = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '7.66s',
  };

  it('is the later reset of what is used up', () => {
    assert.equal(until(both), NOW + 360_000);
    assert.equal(until({ ...both, 'x-ratelimit-reset-tokens': '1h2m' }), NOW + 3_720_000);
    assert.equal(until({ ...both, 'x-ratelimit-remaining-requests': '3' }), NOW + 7660);
  });

  it('is when enough tokens are there for the call', () => {
    const few = {
      'x-ratelimit-remaining-tokens': '900',
      'x-ratelimit-reset-tokens': '8s',
      'x-ratelimit-limit-tokens': '10000',
    };
    assert.equal(until(few, 800), undefined);
    assert.equal(until(few, 4000), NOW + 8000);
    assert.equal(
      until({ ...few, 'x-ratelimit-remaining-tokens': '10000' }, 20_000),
      undefined,
      'a call larger than the limit is refused for its size, whenever it is made',
    );
  });

  it('is the reset that a refusal names without saying what is left', () => {
    assert.equal(until({ 'x-rate-limit-reset-tokens': '55' }), NOW + 55_000);
  });

  it('is what Retry-After says, whatever else was said', () => {
    const allowance = read(both) ?? {};
    assert.equal(askedUntil({ decision: { kind: 'rate-limited', until: NOW }, allowance }), NOW);
    assert.equal(askedUntil({ decision: { kind: 'overloaded', until: NOW + 1 }, allowance }), NOW + 1);
  });

  it('comes with an answer that used up the last of a limit', () => {
    const allowance = read({ ...both, 'x-ratelimit-remaining-tokens': '10' }) ?? {};
    assert.equal(askedUntil({ decision: { kind: 'done' }, allowance }, 4000), NOW + 360_000);
    assert.equal(askedUntil({ decision: { kind: 'done' } }), undefined);
  });
});

describe('of several limits on the same unit', () => {
  const requests = (first: readonly (string | undefined)[], second: readonly (string | undefined)[]) => {
    const headers: IncomingHttpHeaders = {};
    for (const [unit, [remaining, limit, reset]] of [
      ['minute', first],
      ['day', second],
    ] as const) {
      headers[`x-ratelimit-remaining-requests-${unit}`] = remaining;
      headers[`x-ratelimit-limit-requests-${unit}`] = limit;
      headers[`x-ratelimit-reset-requests-${unit}`] = reset;
    }
    return read(headers)?.requests;
  };

  for (const [what, first, second, expected] of [
    [
      'the one with the smaller share left',
      ['5', '10', '60'],
      ['400', '1000', '3600'],
      left(400, 3_600_000, 1000),
    ],
    [
      'the one with fewer left, though it is the smaller number',
      ['4', '10', '60'],
      ['500', '1000', '3600'],
      left(4, 60_000, 10),
    ],
    ['the first of equal shares', ['5', '10', '60'], ['500', '1000', '3600'], left(5, 60_000, 10)],
    ['the one that is used up', ['5', '10', '60'], ['0', '1000', '3600'], left(0, 3_600_000, 1000)],
    [
      'the later reset where both are used up',
      ['0', '10', '60'],
      ['0', '1000', '3600'],
      left(0, 3_600_000, 1000),
    ],
    [
      'the later reset, the other way round',
      ['0', '10', '3600'],
      ['0', '1000', '60'],
      left(0, 3_600_000, 10),
    ],
    ['the first of equal resets', ['0', '10', '60'], ['0', '1000', '60'], left(0, 60_000, 10)],
    ['a known reset before an unknown one', ['0', '10', undefined], ['0', '1000', '1'], left(0, 1000, 1000)],
    [
      'a known reset before an unknown one, the other way round',
      ['0', '10', '1'],
      ['0', '1000', undefined],
      left(0, 1000, 10),
    ],
    ['one that says what is left', [undefined, '10', '60'], ['7', '1000', '3600'], left(7, 3_600_000, 1000)],
    [
      'one that says what is left, the other way round',
      ['7', '10', '60'],
      [undefined, '1000', '3600'],
      left(7, 60_000, 10),
    ],
    [
      'the first where neither does',
      [undefined, '10', '60'],
      [undefined, '1000', '3600'],
      left(undefined, 60_000, 10),
    ],
    [
      'one whose size is known before one with some left',
      ['5', undefined, '60'],
      ['999', '1000', '3600'],
      left(999, 3_600_000, 1000),
    ],
    ['one that is used up, of whatever size', ['0', undefined, '60'], ['1', '1000', '3600'], left(0, 60_000)],
    [
      'one that is used up before a single one of an unknown number',
      ['1', undefined, '60'],
      ['0', undefined, '3600'],
      left(0, 3_600_000),
    ],
  ] as const)
    it(`counts ${what}`, () => assert.deepEqual(requests(first, second), expected));
});
