import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { PatternTimeout } from '../../../../src/engine/evaluators/patterns/pattern.ts';
import { createPatternMatcher } from '../../../../src/engine/evaluators/patterns/patternMatcher.ts';

/** Patterns whose meaning differs between JavaScript and RE2 unless they are translated. */
const PATTERNS = [
  'a.c',
  '^a$',
  '\\bfoo\\b',
  '\\d{2,4}',
  '[^a-c]',
  '(?<year>\\d{4})-(?<month>\\d\\d)',
  '(?:ab)+',
  'a|b|',
  '\\s',
  '\\S',
  '^\\s*$',
  '[\\s]x',
  '[\\s\\S]',
  'x{2}',
  'a{,3}',
  '{',
  ']',
  'a]',
  '\\/',
  '\\-',
  '\\u0041',
  '\\x41',
  '\\cJ',
  '[\\b]',
  '\\0',
  '[]',
  '[^]',
  '[[]',
  '[a\\]b]',
  '[\\w.-]+@[\\w-]+',
  '\\.',
  '\\$',
  '$',
  'caf\\u00e9',
  '[\\u4e00-\\u9fff]+',
  '.',
  '\\p',
  '^.$',
  '\\t|\\v|\\f',
  '(a*)*b',
  '(a|aa)+$',
  '\\w+\\s\\w+',
  '.*foo.*',
  'é',
  '[à-ü]',
  '\\_',
  '[&&]',
  '[a&&b]',
  '[[:alpha:]]',
  '\\A',
  '\\Qa',
  '\\z',
  '\\a',
  '\\pL',
  '\\C',
];
const TEXTS = [
  '',
  'a',
  'abc',
  'A',
  'a\nc',
  'a\rc',
  'a\u2028c',
  'foo bar',
  '2026-11-23',
  '\u00a0',
  '\ufeff x',
  '\u000b',
  'a]b',
  '{',
  'a{,3}',
  '/',
  '-',
  '\n',
  '\b',
  '\0',
  '[',
  'me@example.org',
  '$5',
  'café',
  '中文',
  '\t',
  'é',
  'p',
  'z',
  'Qa',
  'l]',
  '&&',
  'C',
  'pL',
  '\u0007',
];

describe('createPatternMatcher', () => {
  const matcher = createPatternMatcher({ timeoutMs: 150 });
  after(() => matcher.close());

  for (const pattern of PATTERNS) {
    it(`agrees with JavaScript on /${pattern}/`, async () => {
      for (const flags of ['', 'i', 's', 'm', 'im']) {
        const compiled = matcher.compile(pattern, flags);
        for (const text of TEXTS) {
          const found = await compiled.test(text);
          assert.equal(
            found,
            new RegExp(pattern, flags).test(text),
            `/${pattern}/${flags} on ${JSON.stringify(text)}`,
          );
        }
      }
    });
  }
  it('agrees with JavaScript on any text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), fc.string({ maxLength: 12 }), (pattern, text) => {
        const compiled = matcher.compile(pattern);
        if (compiled.engine === 'linear') assert.equal(compiled.test(text), new RegExp(pattern).test(text));
      }),
      { numRuns: 1000 },
    );
  });
  it('knows Unicode properties under flag u', () => {
    assert.equal(matcher.compile('^\\p{L}+$', 'u').test('straße'), true);
    assert.equal(matcher.compile('\\p{Script=Greek}', 'u').test('αβγ'), true);
    assert.equal(matcher.compile('\\u{1F600}', 'u').test('😀'), true);
    assert.equal(matcher.compile('\\ud83d\\ude00').test('😀'), true);
  });
  it('runs hostile patterns in linear time', () => {
    const text = `${'a'.repeat(100_000)}!`;
    for (const pattern of ['^(a+)+$', '(a|aa)+$', '(.*a){20}$', '^(a*)*$']) {
      const compiled = matcher.compile(pattern);
      assert.equal(compiled.engine, 'linear', pattern);
      assert.equal(compiled.test(text), false);
    }
  });
  it('runs look-around and back-references in a worker', async () => {
    for (const [pattern, text] of [
      ['(?=.*\\d)(?=.*[a-z])', 'a1'],
      ['(\\w)\\1', 'book'],
      ['(?<!a)b', 'cb'],
      ['(?<q>["\']).\\k<q>', '"x"'],
    ] as const) {
      const compiled = matcher.compile(pattern);
      assert.equal(compiled.engine, 'worker', pattern);
      assert.equal(await compiled.test(text), true, pattern);
      assert.equal(await compiled.test('-'), false, pattern);
    }
  });
  it('ends a worker that takes too long, and goes on with the others', async () => {
    const hostile = matcher.compile('^(?=a)(a+)+$').test(`${'a'.repeat(60)}!`);
    const harmless = matcher.compile('(b)\\1').test('abba');
    await assert.rejects(Promise.resolve(hostile), PatternTimeout);
    assert.equal(await harmless, true);
  });
  it('uses the worker for repeats that RE2 refuses', async () => {
    const compiled = matcher.compile('^a{2000}$');
    assert.equal(compiled.engine, 'worker');
    assert.equal(await compiled.test('a'.repeat(2000)), true);
  });
  it('says what is wrong with a pattern or its flags', () => {
    assert.throws(() => matcher.compile('(a'), { name: 'ConfigError', message: /Unterminated group/ });
    assert.throws(
      () => matcher.compile('(?i)abc'),
      (error) => error instanceof ConfigError && /flags: i/.test(error.remedy ?? ''),
    );
    assert.throws(() => matcher.compile('a', 'y'), /flags "y"/);
    assert.throws(() => matcher.compile('a', 'ii'), ConfigError);
  });
  it('rejects what is waiting when it is closed', async () => {
    const closing = createPatternMatcher({ timeoutMs: 5000 });
    const waiting = Promise.resolve(closing.compile('^(?=a)(a+)+$').test(`${'a'.repeat(60)}!`));
    const rejected = assert.rejects(waiting, /closed/);
    await closing.close();
    await rejected;
    await assert.rejects(Promise.resolve(closing.compile('(a)\\1').test('aa')), /closed/);
    await closing.close();
  });
});
