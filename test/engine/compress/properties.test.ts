import assert from 'node:assert/strict';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { compress } from '../../../src/engine/compress/compress.ts';
import type { CompressOptions, PromptFile } from '../../../src/engine/compress/options.ts';
import { protectedSpans } from '../../../src/engine/compress/protectedSpans.ts';
import { PromptError } from '../../../src/engine/errors.ts';
import type { Tokenizer } from '../../../src/engine/models/tokens/tokenizer.ts';
import { Tokenizers } from '../../../src/engine/models/tokens/tokenizer.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { parse } from '../prompts/readPrompt.ts';
import { generatedText } from './generatedPrompt.ts';

const GOALS: CompressOptions['goal'][] = [
  { level: 'lossless' },
  { level: 'safe' },
  { level: 'aggressive' },
  { targetTokens: 30 },
  { targetTokens: 1 },
];

const LEVEL_GOALS = GOALS.filter((goal) => 'level' in goal);

/** What each level leaves in every message, as often and in the same order; written without the rules' own patterns. */
const KEPT: readonly RegExp[] = [
  /^#{1,6} /gm,
  /<\/?[a-z]+>/g,
  /\d+/g,
  /https?:\/\/\S+/g,
  /\{\{[^}]*\}\}|\$\{[^}]*\}|\{%[^%]*%\}/g,
  /\b(?:must|never|not|only|always|without|at least|at most|don’t|no)\b/gi,
  /`[^`\n]+`/g,
];

/** The same text as a prompt of each format. */
const FORMATS: { [path: string]: (text: string) => string } = {
  'a.txt': (text) => text,
  'a.instructions.md': (text) => `---\ndescription: please keep  this\n---\n${text}`,
  'a.prompt.md': (text) => `---\ndescription: x\n---\n${text}`,
  'a.prompty': (text) => `---\nname: a\n---\nsystem:\n${text}\n\nuser:\n{{question}}\n`,
  'a.prompt': (text) =>
    `---\nmodel: x\n---\n{{role "system"}}\n${text}\n{{role "user"}}\nPlease  {{question}}`,
  'a.json': (text) =>
    JSON.stringify(
      [
        { role: 'system', content: text },
        { role: 'user', content: '{{q}}' },
      ],
      null,
      2,
    ),
  'a.prompt.yml': (text) =>
    `messages:\n  - role: system\n    content: |-\n${text.replaceAll(/\r|[\u0085\u2028\u2029]/g, '').replaceAll(/^/gm, '      ')}\n  - role: user\n    content: "{{q}}"\n`,
};

const generated = fc
  .tuple(fc.constantFrom(...Object.keys(FORMATS)), generatedText, fc.constantFrom(...GOALS))
  .map(([path, text, goal]) => ({ file: fileOf(path, FORMATS[path]?.(text) ?? text), goal }))
  .filter((made): made is { file: PromptFile; goal: CompressOptions['goal'] } => made.file !== undefined);

/** Undefined for a text that is no valid prompt. */
function fileOf(path: string, text: string): PromptFile | undefined {
  try {
    return { text, prompt: parse(path, text) };
  } catch (error) {
    if (error instanceof PromptError || (error instanceof Error && error.name === 'FileError'))
      return undefined;
    throw error;
  }
}

describe('compression, for any prompt, format and goal', function () {
  this.timeout(120_000);
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = await new Tokenizers().forModel('gpt-4o');
  });

  const run = async (file: PromptFile, goal: CompressOptions['goal']) => {
    const scope = { root: import.meta.dirname, environment: fixedEnvironment({}) };
    const result = await compress(file, { ...scope, tokenizer, goal }, new AbortController().signal);
    return { result, after: { text: result.text, prompt: parse(file.prompt.path, result.text) } };
  };

  it('keeps all that is protected, byte for byte and in order', () =>
    fc.assert(
      fc.asyncProperty(generated, async ({ file, goal }) => {
        const { after } = await run(file, goal);
        for (const [index, message] of file.prompt.messages.entries()) {
          const text = after.prompt.messages[index]?.template ?? '';
          let cursor = 0;
          for (const { start, end } of protectedSpans(message.template, file.prompt.syntax).spans) {
            const span = message.template.slice(start, end);
            const at = text.indexOf(span, cursor);
            assert.ok(at >= 0, `${JSON.stringify(span)} is gone from ${JSON.stringify(text)}`);
            cursor = at + span.length;
          }
        }
      }),
      { numRuns: 400 },
    ));

  it('keeps messages, roles, inputs, and the file around the messages', () =>
    fc.assert(
      fc.asyncProperty(generated, async ({ file, goal }) => {
        const { after, result } = await run(file, goal);
        assert.deepEqual(
          after.prompt.messages.map(({ role }) => role),
          file.prompt.messages.map(({ role }) => role),
        );
        assert.deepEqual(
          after.prompt.inputs.map(({ name, required }) => [name, required]),
          file.prompt.inputs.map(({ name, required }) => [name, required]),
        );
        for (const edit of result.edits) {
          const range = file.prompt.messages[edit.message]?.range;
          assert.ok(range && edit.range.line >= range.line && edit.range.endLine <= range.endLine);
        }
      }),
      { numRuns: 300 },
    ));

  it('never needs more tokens, counts them truly, and changes nothing the second time', () =>
    fc.assert(
      fc.asyncProperty(generated, async ({ file, goal }) => {
        const { result, after } = await run(file, goal);
        const saved = result.tokens.before.tokens - result.tokens.after.tokens;
        assert.ok(saved >= 0);
        assert.equal(
          result.rules.reduce((sum, { tokensSaved }) => sum + tokensSaved, 0),
          saved,
        );
        assert.ok(result.rules.every(({ tokensSaved }) => tokensSaved > 0));
        assert.equal(saved === 0, result.text === file.text);
        const again = await run(after, goal);
        assert.equal(again.result.text, result.text);
      }),
      { numRuns: 400 },
    ));

  it('gives edits that do not overlap, and one by one they make the same text as all at once', () =>
    fc.assert(
      fc.asyncProperty(generated, async ({ file, goal }) => {
        const { result } = await run(file, goal);
        let text = file.text;
        let last = 0;
        for (const { start, end } of result.edits) {
          assert.ok(start >= last && end >= start);
          last = end;
        }
        for (const { start, end, replacement } of result.edits.toReversed())
          text = text.slice(0, start) + replacement + text.slice(end);
        assert.equal(text, result.text);
      }),
      { numRuns: 300 },
    ));

  it('keeps every heading, tag, number, address, variable and word of duty, and the line ends', () =>
    fc.assert(
      fc.asyncProperty(generated, fc.constantFrom(...LEVEL_GOALS), async ({ file }, goal) => {
        const { after } = await run(file, goal);
        for (const [index, { template }] of file.prompt.messages.entries()) {
          const text = after.prompt.messages[index]?.template ?? '';
          for (const marks of KEPT) assert.deepEqual(text.match(marks), template.match(marks));
          const feeds = (all: string) => (all.match(/(?<!\r)\n/g) ?? []).length;
          if (feeds(template) === 0) assert.equal(feeds(text), 0);
        }
      }),
      { numRuns: 300 },
    ));

  it('lossless: only white space differs', () =>
    fc.assert(
      fc.asyncProperty(generated, async ({ file }) => {
        const { after } = await run(file, { level: 'lossless' });
        for (const [index, { template }] of file.prompt.messages.entries()) {
          const text = after.prompt.messages[index]?.template ?? '';
          assert.equal(text.replace(/\s+/g, ''), template.replace(/\s+/g, ''));
          // Words are not joined: only within JSON does a space go altogether.
          if (!template.includes('"a":'))
            assert.equal(text.replace(/\s+/g, ' ').trim(), template.replace(/\s+/g, ' ').trim());
        }
      }),
      { numRuns: 300 },
    ));
});
