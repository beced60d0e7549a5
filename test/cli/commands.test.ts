import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const OLD = `# kept
schema_version: 1.0.0
version: 2.1.0
test_cases:
  - id: a   # kept too
    input: What is the refund window?
    expected_output:
      expected_keywords: [30 days]
`;

describe('touchstone commands', () => {
  function workspace(files: { [file: string]: string } = {}): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  it('init writes a workspace that validates, and never overwrites', async () => {
    const folder = workspace();
    assert.equal((await touchstone(folder, 'init')).code, 0);
    const checked = await touchstone(folder, 'validate');
    assert.equal(checked.code, 0, checked.out);
    writeFileSync(path.join(folder, 'touchstone.yaml'), '# mine\n');
    const again = await touchstone(folder, 'init');
    assert.match(again.out, /nothing was written/);
    assert.equal(readFileSync(path.join(folder, 'touchstone.yaml'), 'utf8'), '# mine\n');
  });

  for (const [argv, said] of [
    ['gateway statsu', /unknown command 'statsu' of 'gateway'\n\(Did you mean status\?\)/],
    ['gateway bogus x', /unknown command 'bogus' of 'gateway'\n\(Its commands are: status, start, stop, /],
    ['shadow strat', /unknown command 'strat' of 'shadow'\n\(Did you mean start\?\)/],
    ['shadow x', /unknown command 'x' of 'shadow'/],
    ['alerts bogus', /unknown command 'bogus' of 'alerts'\n\(Its commands are: list, mute, /],
    ['traces x', /unknown command 'x' of 'traces'/],
    ['release lst', /unknown command 'lst' of 'release'\n\(Did you mean list\?\)/],
    ['gatewy', /unknown command 'gatewy'\n\(Did you mean gateway\?\)/],
  ] as const)
    it(`names a command that there is not: ${argv}`, async () => {
      const { code, err } = await touchstone(workspace(), ...argv.split(' '));
      assert.equal(code, 2);
      assert.match(err, said);
    });

  it('takes a folder for what it is behind a command with commands of its own', async () => {
    const folder = workspace({ 'statsu/touchstone.yaml': '{}' });
    for (const at of ['statsu', './statsu', folder]) {
      const { code, out, err } = await touchstone(folder, 'gateway', at);
      assert.equal(code, 1, err);
      assert.match(out, /does not run/);
    }
    assert.match((await touchstone(folder, 'gateway', './gone')).err, /there is no such folder/);
  });

  it('validate finds nothing in an empty folder, and says so', async () => {
    const { code, err } = await touchstone(workspace(), 'validate');
    assert.equal(code, 2);
    assert.match(err, /no configuration, prompt or dataset in \./);
    assert.match(err, /touchstone init/);
  });

  it('says that a configuration of promptfoo which is a program is left out', async () => {
    const folder = workspace({ 'promptfooconfig.js': 'module.exports = {};' });
    const checked = await touchstone(folder, 'validate');
    assert.equal(checked.code, 2);
    assert.match(
      checked.out,
      /^promptfooconfig\.js:1:1: warning: a configuration that is a program is not run/,
    );
    const run = await touchstone(folder, 'eval');
    assert.equal(run.code, 2);
    assert.match(run.err, /promptfooconfig\.js:1:1: warning: a configuration that is a program/);
  });

  it('names a path that cannot be looked at, in every command', async () => {
    const folder = workspace({ 'a.txt': 'x' });
    symlinkSync('loop', path.join(folder, 'loop'));
    const long = 'a'.repeat(5000);
    for (const bad of ['loop', long])
      for (const args of [
        ['validate', bad],
        ['eval', bad],
        ['eval', '-c', bad],
        ['init', bad],
        ['diff-dataset', bad],
      ]) {
        const { code, err } = await touchstone(folder, ...args);
        assert.equal(code, 2, `${args[0]} ${err}`);
        assert.match(err, /cannot be opened \((?:ELOOP|ENAMETOOLONG)\)/);
      }
  });

  it('takes a long prompt of promptfoo that ends like a file for a text', async () => {
    const prompt = `${'word '.repeat(1000)}notes.txt`;
    const tests = [{ assert: [{ type: 'contains', value: 'notes' }] }];
    const folder = workspace({
      'promptfooconfig.json': JSON.stringify({ prompts: [prompt], providers: ['echo'], tests }),
    });
    assert.equal((await touchstone(folder, 'eval')).code, 0);
  });

  it('validate reads a text that is named as the prompt that a suite may make of it', async () => {
    const folder = workspace({ 'good.txt': 'Answer {{question}}.', 'bad.md': 'a\n{% if x %}b' });
    const good = await touchstone(folder, 'validate', 'good.txt');
    assert.deepEqual([good.code, good.out], [0, '1 file checked: 0 errors, 0 warnings']);
    const bad = await touchstone(folder, 'validate', 'bad.md');
    assert.equal(bad.code, 2);
    assert.match(bad.out, /^bad\.md:2:\d+: error: /);
  });

  it('prices says that it knows none', async () => {
    const { code, out } = await touchstone(workspace(), 'prices', 'no-such-model');
    assert.equal(code, 0);
    assert.equal(out, "no price known for a model that matches 'no-such-model'");
  });

  it('shows a problem as a problem, wherever it is met', async () => {
    const folder = workspace({ 'a.golden.yaml': '' });
    const { code, err } = await touchstone(folder, 'upgrade', 'a.golden.yaml');
    assert.equal(code, 2);
    assert.match(err, /^a\.golden\.yaml:1:1: error: the file is empty/);
  });

  it('init says that it was given a file', async () => {
    const folder = workspace({ notes: 'mine' });
    const { code, err } = await touchstone(folder, 'init', 'notes');
    assert.equal(code, 2);
    assert.match(err, /notes: this is a file, not a folder/);
    assert.equal(readFileSync(path.join(folder, 'notes'), 'utf8'), 'mine');
  });

  it('validate shows every problem with its place, and ends with 2', async () => {
    const folder = workspace({
      'touchstone.yaml':
        'suites:\n  s:\n    dataset: missing.yaml\n    targets: [{ echo: true }]\n    repeat: no\n',
      'bad.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    complexity: hard\n  - id: a\n',
      'broken.prompty': '---\nname: [\n---\nuser:\nx\n',
    });
    const { code, out } = await touchstone(folder, 'validate');
    assert.equal(code, 2);
    assert.match(out, /touchstone\.yaml:3:14: error: /);
    assert.match(out, /touchstone\.yaml:5:13: error: /);
    const dataset = await touchstone(folder, 'validate', 'bad.golden.yaml', 'broken.prompty');
    assert.match(dataset.out, /bad\.golden\.yaml:5:17: error: .*complexity/);
    assert.match(dataset.out, /bad\.golden\.yaml:6:9: error: .*'a' is used twice/);
    assert.match(dataset.out, /broken\.prompty:\d+:\d+: error: /);
    const json = JSON.parse((await touchstone(folder, 'validate', '--json')).out);
    assert.equal(json.problems[0].location.path, 'touchstone.yaml');
  });

  it('validate warns about assertions that are not supported, by name and line', async () => {
    const folder = workspace({
      'x.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    assert: [{ type: ruby, value: x }]\n',
    });
    const { code, out } = await touchstone(folder, 'validate', 'x.golden.yaml');
    assert.equal(code, 0);
    assert.match(out, /x\.golden\.yaml:4:5: warning: .*ruby/);
  });

  it('validate finds patterns that cannot be run', async () => {
    const folder = workspace({
      'x.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: x\n    assert: [{ type: regex, value: (?i)hello }]\n' +
        '  - id: b\n    input: x\n    assert: [{ type: assert-set, assert: [{ type: not-regex, value: "(" }] }]\n' +
        '  - id: c\n    input: x\n    assert: [{ type: regex, value: hello, flags: i }]\n',
    });
    const { code, out } = await touchstone(folder, 'validate', 'x.golden.yaml');
    assert.equal(code, 2);
    assert.match(out, /x\.golden\.yaml:4:5: error: .*begins with \(\?i\).*\n.*set flags: i/);
    assert.match(out, /x\.golden\.yaml:7:5: error: /);
    assert.match(out, /2 errors/);
  });

  it('validate checks the other files where one is missing', async () => {
    const folder = workspace({
      'x.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n',
    });
    const { code, out, err } = await touchstone(folder, 'validate', 'no.yaml', 'x.golden.yaml');
    assert.equal(code, 2);
    assert.match(err, /no\.yaml: no such file/);
    assert.match(out, /x\.golden\.yaml:4:5: error/);
  });

  it('validate warns of schemas that live in code', async () => {
    const folder = workspace({ 'p.prompt': '---\noutput: { schema: Recipe }\n---\nHi' });
    const { code, out } = await touchstone(folder, 'validate', 'p.prompt');
    assert.equal(code, 0);
    assert.match(out, /p\.prompt:2:19: warning: the schema Recipe is defined in code/);
  });

  it('upgrade shows the diff on a dry run, then writes exactly that and keeps comments', async () => {
    const folder = workspace({ 'old.golden.yaml': OLD });
    const file = path.join(folder, 'old.golden.yaml');
    const dry = await touchstone(folder, 'upgrade', 'old.golden.yaml', '--dry-run');
    assert.equal(dry.code, 0);
    assert.match(dry.out, /-schema_version: 1\.0\.0\n/);
    assert.equal(readFileSync(file, 'utf8'), OLD);
    assert.equal((await touchstone(folder, 'upgrade', 'old.golden.yaml')).code, 0);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^# kept\nschema_version: 2\.0\.0\n/);
    assert.match(text, /id: a {3}# kept too/);
    assert.match(text, /expected_concepts: \[30 days\]/);
    assert.match((await touchstone(folder, 'upgrade', 'old.golden.yaml')).out, /already at schema 2\.0\.0/);
  });

  it('upgrade ends with 2 for a broken dataset and writes nothing', async () => {
    const broken = `${OLD}  - id: a\n    input: again\n`;
    const folder = workspace({ 'old.golden.yaml': broken });
    const { code, err } = await touchstone(folder, 'upgrade', 'old.golden.yaml');
    assert.equal(code, 2);
    assert.match(err, /old\.golden\.yaml:9:/);
    assert.equal(readFileSync(path.join(folder, 'old.golden.yaml'), 'utf8'), broken);
  });

  it('list shows suites, targets, datasets and prompts', async () => {
    const folder = workspace({
      'touchstone.yaml':
        'suites:\n  s:\n    dataset: old.golden.yaml\n    targets: [{ name: e, echo: true }]\n',
      'old.golden.yaml': OLD,
    });
    const { code, out } = await touchstone(folder, 'list');
    assert.equal(code, 0);
    assert.match(out, /s +e +echo/);
    assert.match(out, /old\.golden\.yaml +2\.1\.0 +schema 1\.0\.0 +1 cases?/);
    assert.equal(JSON.parse((await touchstone(folder, 'list', '--json')).out).suites[0].name, 's');
  });

  it('show lists runs, shows one, and shows a case with its trace', async () => {
    const folder = workspace({
      'touchstone.yaml':
        'suites:\n  s:\n    dataset: old.golden.yaml\n    targets: [{ name: e, echo: true }]\n    evaluators: [{ contains: window }]\n',
      'old.golden.yaml': OLD,
    });
    assert.match((await touchstone(folder, 'show', '--runs')).out, /no runs yet/);
    assert.equal((await touchstone(folder, 'show')).code, 2);
    assert.equal((await touchstone(folder, 'eval')).code, 0);
    assert.match((await touchstone(folder, 'show', '--runs')).out, /s +complete +1\/1 +100\.0 %/);
    assert.match((await touchstone(folder, 'show')).out, /passed: 1 passed/);
    const entry = await touchstone(folder, 'show', '--case', 'a');
    assert.match(entry.out, /✓ contains \(heuristic\) 1\.00/);
    assert.match(entry.out, /case a .*\n└─ trial .*\n {3}└─ invoke_agent e /);
    assert.equal((await touchstone(folder, 'show', '--case', 'zzz')).code, 2);
    assert.equal((await touchstone(folder, 'show', 'no-such-run')).code, 2);
  });
});
