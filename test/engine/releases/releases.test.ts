import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { parsePrompt } from '../../../src/engine/prompts/parsePrompt.ts';
import { renderPrompt } from '../../../src/engine/prompts/renderPrompt.ts';
import { createRelease, type ReleaseOptions } from '../../../src/engine/releases/createRelease.ts';
import { listReleases, parseRelease, readRelease } from '../../../src/engine/releases/readRelease.ts';
import { digestsOf, promptOf, type Release } from '../../../src/engine/releases/release.ts';
import { Releases } from '../../../src/engine/releases/releases.ts';
import { skip } from '../../support/skip.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const NOW = Date.UTC(2026, 10, 30, 12);

const ANSWER = `---
name: Answer
model:
  api: chat
  parameters: { temperature: 0.2, max_tokens: 200, logit_bias: { "50256": -100 } }
inputs:
  question: { type: string }
  tone: { type: string, default: friendly }
---
system:
You are a {{tone}} agent.

user:
{{question}}
`;

function prompt(text = ANSWER, file = 'p/a.prompty') {
  return parsePrompt({ path: file, text }, { root: temporaryFolder(), environment: fixedEnvironment({}) });
}

function create(root: string, given: Partial<ReleaseOptions> = {}): Release {
  return createRelease({
    root,
    name: 'warm',
    prompt: prompt(),
    model: 'openai/gpt-5-mini',
    now: NOW,
    ...given,
  });
}

const fileOf = (root: string, name = 'warm') => path.join(root, 'releases', `${name}.yaml`);

describe('a release', () => {
  it('is a file that stands alone and is read back as it was created', () => {
    const root = temporaryFolder();
    const created = create(root, {
      description: 'the first',
      parameters: { temperature: 0.5, stop: ['\n\n', 'END'] },
      tools: [
        { name: 'look_up', description: 'x', parameters: { type: 'object', properties: {} }, strict: true },
      ],
      responseFormat: { type: 'json_schema', name: 'answer', schema: { type: 'object' }, strict: true },
      dataset: { path: 'd.golden.yaml', version: '1.2.0' },
      approvedBy: { run: '0198' },
    });
    const read = readRelease(root, 'warm');
    assert.deepEqual(read, created);
    assert.deepEqual(read.parameters, {
      temperature: 0.5,
      maxTokens: 200,
      stop: ['\n\n', 'END'],
      extra: { logit_bias: { '50256': -100 } },
    });
    assert.deepEqual(
      [read.created, read.prompt.path, read.model],
      ['2026-11-30T12:00:00.000Z', 'p/a.prompty', 'openai/gpt-5-mini'],
    );
    assert.deepEqual(
      renderPrompt(promptOf(read), { question: 'Why?' }).messages,
      renderPrompt(prompt(), { question: 'Why?' }).messages,
    );
  });

  it('is never overwritten, and a name leads nowhere else', () => {
    const root = temporaryFolder();
    create(root);
    const before = readFileSync(fileOf(root), 'utf8');
    assert.throws(() => create(root, { model: 'openai/other' }), {
      message: 'this release exists, and releases do not change',
    });
    assert.equal(readFileSync(fileOf(root), 'utf8'), before);
    for (const name of ['../x', 'a/b', '', '.x', 'a b', 'x'.repeat(101), 'con', 'NUL', 'aux.2', 'Com1'])
      for (const work of [
        () => create(root, { name }),
        () => readRelease(root, name),
        () => new Releases(root).read(name),
      ])
        assert.throws(work, { message: /cannot be the name of a release/ });
    assert.throws(() => create(root, { name: 'Warm' }), {
      message: 'the release "warm" exists, whose name differs only in upper and lower case',
    });
    assert.deepEqual(readdirSync(path.join(root, 'releases')), ['warm.yaml']);
    for (const name of ['console', 'com', 'nul-2']) assert.equal(create(root, { name }).name, name);
  });

  it('is not written through a link out of the workspace', function () {
    if (process.platform === 'win32') skip(this, 'Windows needs a right to make links');
    const [root, elsewhere] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(elsewhere, path.join(root, 'releases'));
    assert.throws(() => create(root), { message: /is outside the workspace/ });
    assert.deepEqual(readdirSync(elsewhere), []);
  });

  it('refuses a model of the editor, and a prompt that is not complete', () => {
    const root = temporaryFolder();
    assert.throws(() => create(root, { model: 'vscode/gpt' }), {
      message: /cannot use a model of the editor/,
    });
    const location = { path: 'p', line: 1, column: 1 };
    const incomplete = {
      ...prompt(),
      unresolved: [{ severity: 'warning' as const, code: 'x', message: 'a schema', location }],
    };
    assert.throws(() => create(root, { prompt: incomplete }), {
      message: 'the prompt is not complete: a schema',
    });
    assert.deepEqual(listReleases(root), []);
  });

  // What a person may do to the file, and the place that is told.
  const edits: [title: string, from: string | RegExp, to: string, message: RegExp][] = [
    ['the text of the prompt', 'You are', 'You were', /: the prompt$/],
    ['a default of an input', 'friendly', 'rude', /: the prompt$/],
    ['a role', 'role: system', 'role: developer', /: the prompt$/],
    ['the syntax', 'syntax: jinja', 'syntax: none', /: the prompt$/],
    ['the model', 'gpt-5-mini', 'gpt-5', /: the model$/],
    ['a parameter', 'temperature: 0.2', 'temperature: 0.3', /: the parameters$/],
    ['a setting that is passed through', '-100', '-99', /: the parameters$/],
    ['the tools', 'tools: []', 'tools: [{ name: x }]', /: the tools$/],
    [
      'the response format',
      'tools: []',
      'tools: []\nresponse_format: { type: json_object }',
      /: the response format$/,
    ],
    [
      'the hash of the prompt',
      /hash: \w/,
      'hash: _',
      /: the name, the source of the prompt or the approval$/,
    ],
    ['the run', 'tools: []', 'tools: []\napproved_by: { run: forged }', /approval$/],
    ['two parts', /gpt-5-mini([\s\S]*)friendly/, 'gpt-5$1rude', /: the prompt, the model$/],
    [
      'the digest of all',
      /content: sha256:\w/,
      'content: sha256:_',
      /digest.content is missing, or has another form$/,
    ],
    ['the list of messages', /messages:[\s\S]*inputs:/, 'inputs:', /prompt.messages is missing, or has/],
    ['an unknown key', 'tools: []', 'tools: []\nmore: 1', /created: "more" cannot stand in it$/],
    ['the name', 'name: warm', 'name: cold', /^the file is the release "cold", not "warm"/],
    [
      'everything',
      /^[\s\S]*$/,
      'x',
      /not a release as it was created: the file is missing, or has another form$/,
    ],
  ];
  for (const [title, from, to, message] of edits) {
    it(`is refused where somebody changed ${title}`, () => {
      const root = temporaryFolder();
      create(root);
      const text = readFileSync(fileOf(root), 'utf8');
      const edited = text.replace(from, to);
      assert.notEqual(edited, text);
      writeFileSync(fileOf(root), edited);
      assert.throws(() => readRelease(root, 'warm'), { name: 'ReleaseError', message });
    });
  }

  it('may get other words about it, other spacing and other line breaks', () => {
    const root = temporaryFolder();
    create(root, { description: 'first' });
    const text = readFileSync(fileOf(root), 'utf8');
    const edited = `# reviewed\n${text.replace('description: first', 'description: second')}`.replaceAll(
      '\n',
      '\r\n',
    );
    assert.equal(parseRelease(edited, 'warm').digest, parseRelease(text, 'warm').digest);
    assert.equal(parseRelease(edited, 'warm').description, 'second');
  });

  it('has the same digest wherever and whenever it is created, from CRLF as well', () => {
    const first = create(temporaryFolder());
    const second = create(temporaryFolder(), {
      name: 'other',
      now: NOW + 1e9,
      description: 'x',
      prompt: prompt(ANSWER.replaceAll('\n', '\r\n'), 'q/b.prompty'),
    });
    assert.equal(second.digest, first.digest);
    assert.notEqual(create(temporaryFolder(), { model: 'openai/x' }).digest, first.digest);
  });

  it('keeps every text that a template may be', () => {
    const texts = fc
      .string({ unit: 'binary' })
      .filter((text) => !/[\0\r\ud800-\udfff\ufeff]/.test(text) && text.trim() !== '');
    fc.assert(
      fc.property(texts, texts, (template, fallback) => {
        const base = prompt();
        const given = {
          ...base,
          syntax: 'none' as const,
          messages: base.messages.map((message) => ({ ...message, template })),
          inputs: [{ name: 'x', required: false, default: { key: fallback } }],
        };
        const root = temporaryFolder();
        create(root, { prompt: given });
        const read = readRelease(root, 'warm');
        assert.equal(read.prompt.messages[0]?.template, template);
        assert.deepEqual(read.prompt.inputs[0]?.default, { key: fallback });
      }),
      { numRuns: 60 },
    );
  });

  it('is told by digests of its parts', () => {
    const { digest, ...release } = create(temporaryFolder());
    const before = digestsOf(release);
    const after = digestsOf({ ...release, parameters: { temperature: 1 } });
    const changed = Object.keys(before).filter(
      (part) => Reflect.get(before, part) !== Reflect.get(after, part),
    );
    assert.deepEqual(changed, ['content', 'parameters']);
    assert.equal(digest, before.content);
  });
});

describe('the releases of a workspace', () => {
  it('are listed by name, those that cannot be used with the reason', () => {
    const root = temporaryFolder({
      'releases/bad.yaml': 'x: 1\n',
      'releases/notes.txt': '',
      'releases/.hidden.yaml': '',
    });
    create(root, { name: 'warm' });
    create(root, { name: 'crisp' });
    assert.deepEqual(
      listReleases(root).map((one) => [one.name, 'release' in one]),
      [
        ['bad', false],
        ['crisp', true],
        ['warm', true],
      ],
    );
    assert.deepEqual(listReleases(temporaryFolder()), []);
  });

  it('name each other where one does not exist', () => {
    const root = temporaryFolder();
    assert.throws(() => readRelease(root, 'cold'), { message: 'there is no release "cold"' });
    create(root);
    assert.throws(
      () => readRelease(root, 'cold'),
      (error: Error & { remedy?: string }) => error.remedy === 'Choose from: warm.',
    );
  });

  it('are remembered until their file is another', () => {
    const root = temporaryFolder();
    const releases = new Releases(root);
    assert.throws(() => releases.read('warm'), { message: /there is no release/ });
    create(root);
    const first = releases.read('warm');
    assert.equal(releases.read('warm'), first);
    writeFileSync(fileOf(root), readFileSync(fileOf(root), 'utf8').replace('friendly', 'terribly rude'));
    assert.throws(() => releases.read('warm'), {
      message: /changed since the release was created: the prompt$/,
    });
  });
});
