import fc from 'fast-check';

/** Parts that tokenizers stumble over, and plain ones. */
const PARTS: fc.Arbitrary<string>[] = [
  fc.lorem({ maxCount: 8, mode: 'words' }),
  fc.constantFrom("I'm", "they'RE", "it'ſ", "WE'LL", "'s", "don't", 'O’Neil', "''", "'dd"),
  fc.integer({ min: 0, max: 10 ** 12 }).map(String),
  fc.constantFrom('3.14159', '1,234,567.89', '٣٤٥', '½', '0x1F', '२०२४', '12e-9'),
  fc.stringMatching(/^[ \t\n\r]{1,12}$/),
  fc.constantFrom('\u00a0', '\u0085', '\ufeff', '\u2028', '\u3000', '\r\n\r\n', ' \n ', '\v\f'),
  fc.constantFrom('👩‍👩‍👧‍👦', '🏳️‍🌈', '😀😀', '🇩🇪', '👍🏽', '\u200d', '\ufe0f'),
  fc.constantFrom(
    'お誕生日おめでとう',
    '这是一个测试',
    '안녕하세요',
    'Привет',
    'مرحبا',
    'नमस्ते',
    'ไทย',
    'ÄÖÜß',
    'ǅ',
    'ʰa',
  ),
  fc.constantFrom(
    'function f(a, b) {\n  return a?.b ?? [c];\n}\n',
    'SELECT * FROM t WHERE a<>b;--',
    '</script>',
  ),
  fc.constantFrom(
    '{"a":[1,2,{"b":null}]}',
    'https://example.org/a?b=c#d',
    'snake_case_name',
    'camelCaseName',
    'ABCdef',
  ),
  fc.constantFrom('<|endoftext|>', '<|im_start|>', '<|fim_prefix|>', '<|endofprompt|>'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  fc
    .tuple(
      fc.constantFrom('a', 'é', '漢', ' ', '=', 'Ab', '-', '\n', '漢A'),
      fc.integer({ min: 2, max: 120 }),
    )
    .map(([part, times]) => part.repeat(times)),
];

/** Texts of up to twelve such parts, with or without spaces between them. */
export const variedText: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.oneof(...PARTS), { maxLength: 12 }), fc.constantFrom('', ' ', '\n'))
  .map(([parts, between]) => parts.join(between));
