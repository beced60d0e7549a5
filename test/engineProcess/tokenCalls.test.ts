import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { countFile } from '../../src/engine/cost/fileTokens.ts';
import { Tokenizers } from '../../src/engine/models/tokens/tokenizer.ts';
import { fixedEnvironment } from '../../src/engine/ports.ts';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const PROMPT = `---
name: answer
model: { api: chat, configuration: { type: openai, model: gpt-4o } }
inputs: { question: { kind: string } }
---
system:
You answer questions about orders.

# Examples
Where is order 4711? It is on its way.

user:
{{question}}
`;

const WORKSPACE = {
  'touchstone.yaml': `providers:
  openai: { base_url: "https://api.openai.com/v1" }
suites:
  answers:
    dataset: cases.golden.yaml
    targets: [{ name: answer, prompt: answer.prompty }]
    evaluators: [{ contains: hello }]
`,
  'answer.prompty': PROMPT,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: a, input: hello }
  - { id: b, input: { question: hello hello } }
  - { id: c, input: hello hello hello }
`,
};

const opened = { path: 'answer.prompty', text: PROMPT, model: null };

describe('engine process: tokens', () => {
  it('counts an open prompt as the command line counts the file, and knows its price and window', async () => {
    const root = temporaryFolder(WORKSPACE);
    await using window = await TestWindow.open(root);
    const counted = await window.call('token/prompt', opened);
    const expected = await countFile(
      { path: 'answer.prompty', text: PROMPT },
      { root, environment: fixedEnvironment({}), tokenizers: new Tokenizers() },
    );
    assert.deepEqual(counted?.total, expected.total);
    // Without a text, as it is on the disk.
    assert.deepEqual(await window.call('token/prompt', { path: opened.path, model: null }), counted);
    assert.equal(await window.call('token/prompt', { path: 'gone.prompty', model: null }), null);
    assert.deepEqual(
      counted?.messages.map(({ role, line, tokens }) => [role, line, tokens]),
      expected.messages.map(({ role, range, tokens }) => [role, range.line, tokens]),
    );
    assert.deepEqual(
      [counted?.reference, counted?.chosenBy, counted?.contextWindow],
      ['openai/gpt-4o', 'prompt', 128_000],
    );
    // 2.50 dollars for a million.
    assert.equal(counted?.costUsd, (expected.total.tokens * 2.5) / 1e6);
  });

  it('follows edits, and counts what a count from scratch gives', async () => {
    const root = temporaryFolder(WORKSPACE);
    await using window = await TestWindow.open(root);
    const long = PROMPT.replace('orders.', `orders.${' Be kind and brief.'.repeat(200)}`);
    for (const text of [long, long.replace('kind', 'very kind'), `${long}Thanks!\n`, PROMPT]) {
      const counted = await window.call('token/prompt', { ...opened, text });
      const scope = { root, environment: fixedEnvironment({}), tokenizers: new Tokenizers() };
      assert.deepEqual(counted?.total, (await countFile({ path: 'answer.prompty', text }, scope)).total);
    }
  });

  it('takes the model of the window, and says when a price is unknown', async () => {
    await using window = await TestWindow.open(temporaryFolder(WORKSPACE));
    const counted = await window.call('token/prompt', { ...opened, model: 'local/llama-9' });
    assert.deepEqual(
      [counted?.model, counted?.chosenBy, counted?.costUsd, counted?.contextWindow, counted?.total.exact],
      ['llama-9', 'setting', null, null, false],
    );
  });

  it('has nothing to say of other files, of malformed prompts, and of files elsewhere', async () => {
    await using window = await TestWindow.open(temporaryFolder(WORKSPACE));
    assert.equal(await window.call('token/prompt', { ...opened, path: 'notes.txt' }), null);
    assert.equal(await window.call('token/prompt', { ...opened, path: '/elsewhere/a.prompty' }), null);
    assert.equal(
      await window.call('token/prompt', { ...opened, text: '---\nname: [\n---\nsystem:\nx' }),
      null,
    );
  });

  it('counts a plain text once a suite names it as a prompt', async () => {
    const root = temporaryFolder({
      ...WORKSPACE,
      'plain.txt': 'Say {{question}}.\n',
      'touchstone.yaml': WORKSPACE['touchstone.yaml'].replace('answer.prompty', 'plain.txt'),
    });
    await using window = await TestWindow.open(root);
    const counted = await window.call('token/prompt', {
      path: 'plain.txt',
      text: 'Say {{question}}.\n',
      model: null,
    });
    assert.equal(counted?.chosenBy, 'default');
    assert.ok((counted?.total.tokens ?? 0) > 5);
  });

  it('takes the size of variables from the cases of the prompt’s suites', async () => {
    await using window = await TestWindow.open(temporaryFolder(WORKSPACE));
    const found = await window.call('token/variables', opened);
    const breakdown = await window.call('token/breakdown', opened);
    assert.ok(breakdown && breakdown.parts.variables !== null);
    assert.deepEqual(found, {
      sources: ['cases.golden.yaml'],
      adds: breakdown.parts.variables,
      variables: [{ name: 'question', median: 2, high: 2.8, cases: 3 }],
      places: [{ name: 'question', line: 13, column: 13 }],
    });
  });

  it('takes the sizes anew when the dataset has changed, from the disk as from an editor', async () => {
    const root = temporaryFolder(WORKSPACE);
    await using window = await TestWindow.open(root);
    const { path, model } = opened;
    const adds = async () => (await window.call('token/variables', { path, model }))?.adds ?? null;
    const before = await adds();
    writeFiles(root, {
      'cases.golden.yaml': WORKSPACE['cases.golden.yaml'].replaceAll('hello }', `${'hello '.repeat(50)}}`),
    });
    assert.ok(before !== null && ((await adds()) ?? 0) > before + 30);
  });

  it('breaks a count down into parts that add up, and compares models', async () => {
    await using window = await TestWindow.open(temporaryFolder(WORKSPACE));
    const found = await window.call('token/breakdown', opened);
    assert.ok(found);
    const { system, examples, user, tools, responseFormat, marks, variables } = found.parts;
    assert.equal(system + examples + user + tools + responseFormat + marks, found.prompt.total.tokens);
    assert.ok(examples > 10 && system > 5 && user > 0 && tools === 0);
    // Two tokens of a value stand where three of a tag stood.
    assert.equal(variables, 2 - user);
    assert.deepEqual(found.models[0]?.name, 'openai/gpt-4o');
    assert.ok(found.models.some(({ name, costUsd }) => name === 'claude-sonnet-4-5' && costUsd !== null));
  });

  it('compares with the last commit, in a trusted workspace only', async () => {
    const root = temporaryFolder(WORKSPACE);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: root });
    git('init', '-q');
    await using window = await TestWindow.open(root);
    const head = { path: 'answer.prompty', model: 'openai/gpt-4o' };
    assert.equal(await window.call('token/head', head), null);
    git('add', '.');
    git('commit', '-qm', 'first');
    writeFileSync(path.join(root, 'answer.prompty'), `${PROMPT}More.\n`);
    const now = await window.call('token/prompt', { ...opened, text: PROMPT });
    assert.deepEqual(await window.call('token/head', head), {
      total: now?.total.tokens,
      messages: now?.messages.map(({ tokens }) => tokens.tokens),
    });
    await using untrusted = await TestWindow.open(root, { trusted: false });
    assert.equal(await untrusted.call('token/head', head), null);
  });

  it('estimates a run from its inputs, and calls nothing', async () => {
    const root = temporaryFolder(WORKSPACE);
    await using window = await TestWindow.open(root);
    const { runs } = await window.call('run/estimate', { suite: 'answers' });
    const [only] = runs;
    assert.deepEqual([runs.length, only?.dataset, only?.trials], [1, 'cases.golden.yaml', 3]);
    assert.ok(only?.costUsd && only.costUsd.low > 0 && only.costUsd.low < only.costUsd.high);
    assert.ok(only.elapsedMs.low < only.elapsedMs.high);
    assert.ok(only.notes.some((note) => note.includes('wide default')));
    assert.deepEqual((await window.call('run/list', {})).runs, []);
    await using untrusted = await TestWindow.open(root, { trusted: false });
    assert.equal((await untrusted.failure('run/estimate', { suite: 'answers' })).kind, 'untrusted');
  });

  it('counts any text', async () => {
    await using window = await TestWindow.open(temporaryFolder(WORKSPACE));
    const counted = await window.call('token/count', { text: 'hello world', model: null });
    assert.deepEqual([counted.model, counted.tokens.tokens, counted.tokens.exact], ['gpt-5-mini', 2, true]);
    assert.equal(counted.costUsd, (2 * 0.25) / 1e6);
  });
});
