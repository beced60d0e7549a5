import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseGlossary } from '../../../src/engine/compress/glossary.ts';
import { ConfigError } from '../../../src/engine/errors.ts';
import { complaint } from '../prompts/readPrompt.ts';
import { compressed, found } from './compressPrompt.ts';

const LONG = 'Please read the letter. In order to help, answer it briefly.';

describe('compressing a prompt file', () => {
  it('edits each format where its text stands, and nothing else', async () => {
    const files: [path: string, before: string, after: string][] = [
      [
        'a.prompt.yml',
        `# please\nmessages:\n  - role: system\n    content: |-\n      Sort.\n\n      ${LONG}\n      Please stay.\n  - role: user\n    content: "Please read: \\"{{q}}\\"\\n"\n`,
        '# please\nmessages:\n  - role: system\n    content: |-\n      Sort.\n\n      Read the letter. To help, answer it briefly.\n      Stay.\n  - role: user\n    content: "Please read: \\"{{q}}\\"\\n"\n',
      ],
      [
        'a.json',
        `[{"role":"system","content":"Sort \\u00e4 letters.\\n${LONG}"}]`,
        '[{"role":"system","content":"Sort \\u00e4 letters.\\nRead the letter. To help, answer it briefly."}]',
      ],
      [
        'a.prompty',
        `---\nname: please\n---\nsystem:\n${LONG}\n\nuser:\nPlease answer {{q}}\n`,
        '---\nname: please\n---\nsystem:\nRead the letter. To help, answer it briefly.\n\nuser:\nAnswer {{q}}\n',
      ],
      ['a.txt', `Sort.\r\n\r\n${LONG}\r\n`, 'Sort.\r\n\r\nRead the letter. To help, answer it briefly.\r\n'],
    ];
    for (const [path, text, after] of files) {
      const result = await compressed({ path, text }, { level: 'safe' });
      assert.equal(result.text, after);
      assert.deepEqual(result.skipped, []);
    }
  });

  it('says which message it leaves alone, and why', async () => {
    const folded = `messages:\n  - role: system\n    content: >-\n      ${LONG}\n      Please go on.\n`;
    const result = await compressed({ path: 'a.prompt.yml', text: folded }, { level: 'safe' });
    assert.equal(result.text, folded);
    assert.deepEqual(
      result.skipped.map(({ message, reason }) => [message, reason]),
      [[0, 'the file stores its text in a form that cannot be edited in part']],
    );
    const wide = await compressed(
      { path: 'a.txt', text: `Please read:\n${'a '.repeat(6000)}` },
      { level: 'safe' },
    );
    assert.match(wide.skipped[0]?.reason ?? '', /a line of more than 10,000 characters/);
  });

  it('finds places one by one, with their rule, their place and what they save', async () => {
    const text = `Sort.\n\n${LONG}\n`;
    const all = await found({ path: 'a.txt', text }, 'safe');
    assert.deepEqual(
      all.map(({ rule, range, edits, tokensSaved }) => [
        rule,
        range.line,
        range.column,
        edits[0]?.replacement,
        tokensSaved,
      ]),
      [
        ['politeness', 3, 1, 'R', 1],
        ['filler', 3, 25, 'To', 2],
      ],
    );
    assert.deepEqual(await found({ path: 'a.txt', text }, 'lossless'), []);
    const without = await found({ path: 'a.txt', text }, 'safe', { without: ['filler'] });
    assert.deepEqual(
      without.map(({ rule }) => rule),
      ['politeness'],
    );
  });

  it('keeps to a selection', async () => {
    const text = `${LONG}\n\n${LONG} Now.\n`;
    const start = text.indexOf('\n\n') + 2;
    const result = await compressed(
      { path: 'a.txt', text },
      { level: 'safe' },
      { within: { start, end: text.length } },
    );
    assert.equal(result.text, `${LONG}\n\nRead the letter. To help, answer it briefly. Now.\n`);
    assert.ok((await found({ path: 'a.txt', text }, 'safe', { within: { start: 0, end: 10 } })).length === 1);
  });

  it('leaves an item of every list that is announced, also in bold, whatever the target', async () => {
    const text = 'Read the letter.\n\n**Then write:**\n- a friendly first line\n- a short and clear answer\n';
    const { text: left, targetMet } = await compressed(
      { path: 'a.instructions.md', text },
      { targetTokens: 1 },
    );
    assert.match(left, /\*\*Then write:\*\*\n- /);
    assert.equal(targetMet, false);
  });

  it('goes only as far as a target asks, then takes the least central sentences, and says when it fails', async () => {
    const text = `${LONG} The letter is about boots. Answer the letter in the words of the letter. Birds sing outside today.\n`;
    const all = await compressed({ path: 'a.txt', text }, { level: 'safe' });
    const enough = await compressed({ path: 'a.txt', text }, { targetTokens: all.tokens.after.tokens });
    assert.equal(enough.text, all.text);
    assert.equal(enough.targetMet, true);
    const less = await compressed({ path: 'a.txt', text }, { targetTokens: all.tokens.after.tokens - 4 });
    assert.equal(less.text, all.text.replace(' Birds sing outside today.', ''));
    const never = 'You must never answer "in anger". Only answer with 3 words.';
    const missed = await compressed({ path: 'a.txt', text: never }, { targetTokens: 5 });
    assert.equal(missed.targetMet, false);
    assert.equal(missed.text, never);
  });

  it('reckons what is saved, and what the provider’s cache loses by it', async () => {
    const price = { input: 10, cachedInput: 1, output: 30 };
    const stable = Array.from({ length: 110 }, (_, index) => `- topic number ${index} of the shop`).join(
      '\n',
    );
    const text = `Sort.\n\nPlease read of boots and tents.\n\n${stable}\n\n{{q}}`;
    const { savings, tokens } = await compressed({ path: 'a.txt', text }, { level: 'safe' }, { price });
    assert.ok(savings);
    const saved = tokens.before.tokens - tokens.after.tokens;
    assert.ok(saved > 0);
    assert.ok(Math.abs(savings.per1000Calls - (saved * 1000 * 10) / 1e6) < 1e-9);
    const { cache } = savings;
    assert.equal(cache.stableTokens.before - cache.stableTokens.after, saved);
    // Below 1,024 tokens nothing is cached, so nothing is lost.
    assert.equal(cache.readAnew > 0, cache.stableTokens.before >= 1024);
    const longer = text.replace(stable, `${stable}\n${stable.replaceAll('topic', 'theme')}`);
    const cached = (await compressed({ path: 'a.txt', text: longer }, { level: 'safe' }, { price })).savings;
    assert.ok(cached && cached.cache.stableTokens.before > 1024);
    assert.equal(cached.cache.lost, false);
    assert.ok(cached.cache.readAnew > 900 && cached.cache.readAnew < cached.cache.stableTokens.after);
    assert.ok(Math.abs((cached.cache.onceUsd ?? 0) - (cached.cache.readAnew * 9) / 1e6) < 1e-9);
    // Read from the cache, what is saved costs a tenth.
    assert.ok(Math.abs((cached.per1000CachedCalls ?? 0) - cached.per1000Calls / 10) < 1e-9);
    const unknown = await compressed({ path: 'a.txt', text }, { level: 'safe' });
    assert.equal(unknown.savings, null);
  });

  it('comes to an end on texts that nobody wrote by hand', async function () {
    this.timeout(60_000);
    const lines = (piece: string, length = 9_000, count = 5) =>
      Array.from({ length: count }, () => piece.repeat(Math.floor(length / piece.length))).join('\n');
    for (const piece of [
      'a',
      ' ',
      '`',
      '"',
      '{"a":',
      '[1,',
      '<a ',
      '{{',
      '| - ',
      '-',
      '1.',
      'please ',
      'Ab ',
      '\n',
      "'a ",
      'a:\n',
      '- a:\n',
      'User: a\n',
      '#a\n',
      '${',
      'Be kind today. ',
      '```json\n{"name":"a","parameters":{"properties":{}}}\n```\n',
    ]) {
      const text = `${lines(piece)}\nSort the letter.`;
      const { tokens } = await compressed({ path: 'a.instructions.md', text }, { level: 'aggressive' });
      assert.ok(tokens.after.tokens <= tokens.before.tokens);
    }
  });

  it('reads a glossary, and says what is wrong with it', () => {
    const read = (text: string) => parseGlossary({ path: 'g.yaml', text });
    assert.deepEqual([...read('support team: ST\n')], [['support team', 'ST']]);
    assert.equal(read('# empty\n').size, 0);
    assert.match(
      complaint(() => read('- a\n'), ConfigError),
      /^g\.yaml:1:1: the glossary is not a map of terms/,
    );
    assert.match(
      complaint(() => read('a: 1\nsupport: S T\n'), ConfigError),
      /g\.yaml:1:4: 'a' needs an abbreviation/,
    );
  });
});
