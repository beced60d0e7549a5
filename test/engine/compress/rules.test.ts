import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CompressOptions } from '../../../src/engine/compress/options.ts';
import type { CompressionLevel } from '../../../src/engine/compress/rule.ts';
import { compressed } from './compressPrompt.ts';

/** What a text becomes at a level. */
async function shortened(
  text: string,
  level: CompressionLevel,
  options: Partial<CompressOptions> = {},
): Promise<string> {
  return (await compressed({ path: 'SKILL.instructions.md', text }, { level }, options)).text;
}

async function expectAll(
  level: CompressionLevel,
  cases: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [before, after] of cases) assert.equal(await shortened(before, level), after);
}

describe('compression rules', () => {
  it('whitespace: line ends, blank lines, doubled spaces; not indentation, columns and line breaks', () =>
    expectAll('lossless', [
      [
        'One line. \n \n  \n\n   Another long  line of text.\n',
        'One line.\n\n   Another long line of text.\n',
      ],
      ['A break  \nand on.', 'A break  \nand on.'],
      ['- one\n  - two\n      three', '- one\n  - two\n      three'],
      ['name    age\nann     30\nbob     41', 'name    age\nann     30\nbob     41'],
      ['Sentence one.  Sentence two,   and more.', 'Sentence one. Sentence two, and more.'],
    ]));

  it('json-layout: schemas and tools to be read, on one line, their values as they are; no other JSON', () =>
    expectAll('lossless', [
      [
        'Answer by this schema:\n\n```json\n{\n  "type": "object",\n  "properties": {\n    "a  b": { "type": "string" }\n  }\n}\n```\n\nNow `a  b`.',
        'Answer by this schema:\n\n```json\n{"type":"object","properties":{"a  b":{"type":"string"}}}\n```\n\nNow `a  b`.',
      ],
      [
        'You have these tools:\n[\n  {\n    "name": "look  up",\n    "parameters": { "type": "object", "properties": {} }\n  }\n]\nUse them.',
        'You have these tools:\n[{"name":"look  up","parameters":{"type":"object","properties":{}}}]\nUse them.',
      ],
      ...[
        'Answer so:\n{\n  "name": "Ann  B",\n  "age": [\n    1,\n    2\n  ]\n}\nDone.',
        '```json\n{\n  "a":   1\n}\n```',
        '```json\n{\n  "type": "Feature",\n  "properties": {\n    "a": 1\n  }\n}\n```',
        'Answer so:\n{\n  "name": <the name>\n}',
      ].map((text): [string, string] => [text, text]),
    ]));

  it('table-layout and table-rules: one space and three dashes are enough', async () => {
    const table =
      '| Name          | Meaning            |\n| ------------- | ------------------ |\n| a | first    letter   |';
    assert.equal(
      await shortened(table, 'lossless'),
      '| Name | Meaning |\n| ------------- | ------------------ |\n| a | first    letter |',
    );
    assert.equal(await shortened(table, 'safe'), '| Name | Meaning |\n|---|---|\n| a | first    letter |');
  });

  it('formatting: headings need no bold and no closing marks, at level aggressive', () =>
    expectAll('aggressive', [
      ['## **How to reason**\n\nBriefly.', '## How to reason\n\nBriefly.'],
      ['## Style ##\n\nBe brief.', '## Style\n\nBe brief.'],
    ]));

  it('section-rules: a rule above a heading; not between paragraphs, nor what makes a line a heading', () =>
    expectAll('aggressive', [
      ['# A\n\nBe brief.\n\n---\n\n# B\n\nSign.', '# A\n\nBe brief.\n\n# B\n\nSign.'],
      ['First letter.\n\n---\n\nSecond letter.', 'First letter.\n\n---\n\nSecond letter.'],
      ['A title\n---\n\n# B', 'A title\n---\n\n# B'],
      ['```\na\n\n---\n\n# b\n```', '```\na\n\n---\n\n# b\n```'],
    ]));

  it('list-leads: bold that every item has; not where it weighs some items or an obligation', () =>
    expectAll('aggressive', [
      [
        '- **Tone**: kind and plain\n- **Length**: short and clear\n',
        '- Tone: kind and plain\n- Length: short and clear\n',
      ],
      [
        '1. **Read it.** All of it.\n\n   Twice.\n\n2. **Sign it.** By name.\n',
        '1. Read it. All of it.\n\n   Twice.\n\n2. Sign it. By name.\n',
      ],
      ['- **`a.md`** — read first\n- **`b.md`** — read last', '- `a.md` — read first\n- `b.md` — read last'],
      [
        '- **Tone**: kind and plain\n- Length: short and clear\n',
        '- **Tone**: kind and plain\n- Length: short and clear\n',
      ],
      [
        '- **Tone**: kind and plain\n- **Never lie**: stay honest\n',
        '- **Tone**: kind and plain\n- **Never lie**: stay honest\n',
      ],
      ['- **Kind** words help\n- **Plain** words help', '- **Kind** words help\n- **Plain** words help'],
      ['- **Tone**: kind and plain\n', '- **Tone**: kind and plain\n'],
    ]));

  it('leaves alone the look of what shows how an answer should look', () =>
    expectAll('aggressive', [
      ...[
        'Answer in this format:\n\n- **Name**: the name\n- **Reason**: the reason',
        '## Output format\n\n- **Name**: the name\n- **Reason**: the reason',
        'Use this template:\n\n# **Title**\n\nBy **name** here.\n\n---\n\n## **Body** ##\n\n- **A**: b\n- **C**: d',
        '<example>\n- **Name**: the name\n- **Reason**: the reason\n</example>',
      ].map((text): [string, string] => [text, text]),
      [
        '## Output format\n\n- **Name**: b\n- **Reason**: d\n\n---\n\n## **Tone** ##\n\n- **First**: b\n- **Last**: d',
        '## Output format\n\n- **Name**: b\n- **Reason**: d\n\n## Tone\n\n- First: b\n- Last: d',
      ],
    ]));

  it('typography: plainer characters where they cost less, invisible ones not at all', () =>
    expectAll('safe', [
      ['Write in plain\u200b words.', 'Write in plain words.'],
      ['Say what\u202fyou see.', 'Say what you see.'],
      ['A family 👨‍👩‍👧 is one sign.', 'A family 👨‍👩‍👧 is one sign.'],
    ]));

  it('filler: wordy phrases, with capitals kept; not where the short form means something else', () =>
    expectAll('safe', [
      ['In order to help, read the letter.', 'To help, read the letter.'],
      ['Stop due to the fact that the time is short.', 'Stop because the time is short.'],
      ['Wait until such time as the bell rings.', 'Wait until the bell rings.'],
      ['Prior to sending the letter, read it.', 'Before sending the letter, read it.'],
      ['Speak in a clear manner.', 'Speak clearly.'],
      ...[
        'Write "in order to" in quotes.',
        'Use `in order to` as it is.',
        'Do not write in order to please.',
        'Say it in a clear way that helps.',
        'Your task is to sort letters.',
        'It is important to note that the customer pays.',
        'Say this: In order to help, I need a number.',
        'Replace due to the fact that by because.',
        'Users write things like\n\nIn order to help, call me.',
        'Apply the prior to finding the posterior.',
      ].map((text): [string, string] => [text, text]),
    ]));

  it('politeness: addressed to the model, not what it shall say', () =>
    expectAll('safe', [
      ['Please answer in English.', 'Answer in English.'],
      ['I would like you to sort letters.', 'Sort letters.'],
      ['- Please read the policy.\n- Be kind.', '- Read the policy.\n- Be kind.'],
      ...[
        'Please readers with short answers.',
        'Choose the words that please readers.',
        'Use words such as thank you, please and sorry.',
        'User: Please answer my mail.\n\nPlease answer soon.',
        'Dear {{name}},\n\nPlease read the contract.\n\nKind regards',
        '## Welcome message\n\nPlease choose a topic.',
        '<example>\nPlease send the boots back.\n</example>\nSort.',
        'Please send us the number.',
        'Say please. Please answer politely.',
      ].map((text): [string, string] => [text, text]),
    ]));

  it('repeated: how to answer, word for word in one paragraph; never an obligation, an item, another section', () =>
    expectAll('safe', [
      [
        'Answer in short sentences. Be kind. Answer in short sentences.',
        'Answer in short sentences. Be kind.',
      ],
      ...[
        '- answer in short sentences\n- be kind\n- Answer in short sentences.\n',
        'Answer in short sentences. Be kind. Answer in short sentences. This helps readers.',
        'You must answer in short sentences. Be kind. You must answer in short sentences.',
        '# Letters\n\nAnswer in short sentences.\n\n# Calls\n\nAnswer in short sentences.',
        'Stir the whole soup slowly. Add salt. Stir the whole soup slowly.',
        'If they write, be kind and brief. Otherwise call them. Be kind and brief.',
      ].map((text): [string, string] => [text, text]),
    ]));

  it('emphasis: bold in sentences; not an obligation, capitals, a label, an example', () =>
    expectAll('aggressive', [
      ['Write in **plain words** to all.', 'Write in plain words to all.'],
      ...[
        '**Tone:** kind and plain.',
        'You **must not** lie to **THEM**.',
        '**How to answer**\n\nBriefly and kindly.',
        'Ask what the **bold** words mean.',
        '<example>\nA **good** one\n</example>\nSort `**a** b` and 2**3**4.',
      ].map((text): [string, string] => [text, text]),
    ]));

  it('glossary: defined once, and only if it pays', async () => {
    const glossary = new Map([['customer support representative', 'CSR']]);
    const often =
      'A customer support representative reads. The customer support representative writes. Then the customer support representative signs.';
    assert.equal(
      await shortened(often, 'aggressive', { glossary }),
      'A customer support representative (CSR) reads. The CSR writes. Then the CSR signs.',
    );
    const once = 'A customer support representative reads. The customer support team writes.';
    assert.equal(await shortened(once, 'aggressive', { glossary }), once);
    const taken = `${often} The word CSR is taken.`;
    assert.equal(await shortened(taken, 'aggressive', { glossary }), taken);
    const dear = new Map([['the letter', 'TLTRX']]);
    const cheap = 'Read the letter and sign the letter.';
    assert.equal(await shortened(cheap, 'aggressive', { glossary: dear }), cheap);
  });

  it('leaves alone what stands between touchstone:keep marks', () =>
    expectAll('aggressive', [
      [
        '<!-- touchstone:keep -->\nPlease   answer in order to help.\n<!-- /touchstone:keep -->\nPlease answer.',
        '<!-- touchstone:keep -->\nPlease   answer in order to help.\n<!-- /touchstone:keep -->\nAnswer.',
      ],
    ]));
});
