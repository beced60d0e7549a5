import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROMPT =
  '---\nname: Answer\nmodel: { id: gpt-5-mini }\n---\nsystem:\nBe kind.\n\nuser:\n{{question}}\n';

const CREATE = ['release', 'create', 'warm', '--prompt', 'answer.prompty', '--model', 'openai/gpt-5-mini'];

function workspace(files: { [path: string]: string } = {}): string {
  return temporaryFolder({ 'answer.prompty': PROMPT, ...files });
}

describe('touchstone release', () => {
  it('creates, lists, shows and verifies a release', async () => {
    const root = workspace();
    const created = await touchstone(root, ...CREATE, '--description', 'first');
    assert.deepEqual(
      [created.code, created.out.split('\n')[0]],
      [0, 'not evaluated: release warm was not evaluated'],
    );
    const listed = await touchstone(root, 'release', 'list');
    assert.match(listed.out, /warm +\d{4}-\d\d-\d\d \d\d:\d\d +openai\/gpt-5-mini +[0-9a-f]{12} +first/);
    const shown = await touchstone(root, 'release', 'show', 'warm');
    assert.match(
      shown.out,
      /^release\/warm\n[\s\S]*inputs +question\n[\s\S]*system\nBe kind\.\n\nuser\n\{\{question\}\}$/,
    );
    const verified = await touchstone(root, 'release', 'verify');
    assert.deepEqual([verified.code, verified.out], [0, '1 release checked: 1 unchanged, 0 unusable']);
    assert.equal((await touchstone(root, 'validate')).code, 0);
  });

  it('creates what routes of touchstone.yaml name already', async () => {
    const routes =
      'gateway:\n  routes:\n    a: { model: a, to: release/warm }\n    b: { model: b, to: release/crisp }\n';
    const root = workspace({ 'touchstone.yaml': routes });
    assert.match(
      (await touchstone(root, 'validate')).out,
      /there is no release "warm"[\s\S]*there is no release "crisp"/,
    );
    for (const name of ['warm', 'crisp'])
      assert.equal((await touchstone(root, 'release', 'create', name, ...CREATE.slice(3))).code, 0);
    for (const argv of [
      ['release', 'list'],
      ['release', 'show', 'warm'],
      ['release', 'verify'],
      ['validate'],
    ])
      assert.equal((await touchstone(root, ...argv)).code, 0, argv.join(' '));
  });

  it('lists, shows and verifies, whatever is wrong with touchstone.yaml', async () => {
    const root = workspace();
    await touchstone(root, ...CREATE);
    writeFileSync(path.join(root, 'touchstone.yaml'), 'gateway: { routes: { a: { to: nobody } } }\n');
    for (const argv of [
      ['release', 'list'],
      ['release', 'show', 'warm'],
      ['release', 'verify'],
    ])
      assert.equal((await touchstone(root, ...argv)).code, 0, argv.join(' '));
  });

  it('says the same as JSON', async () => {
    const root = workspace();
    const created = JSON.parse((await touchstone(root, ...CREATE, '--json')).out);
    assert.deepEqual(
      [created.name, created.model, created.prompt.messages.length],
      ['warm', 'openai/gpt-5-mini', 2],
    );
    assert.deepEqual(JSON.parse((await touchstone(root, 'release', 'show', 'warm', '--json')).out), created);
    const [listed] = JSON.parse((await touchstone(root, 'release', 'list', '--json')).out);
    assert.deepEqual(
      [listed.name, listed.digest, listed.run, listed.problem],
      ['warm', created.digest, null, null],
    );
  });

  describe('with a gate', function () {
    this.timeout(120_000);
    const suite = (gate: string) => `suites:
  answers:
    dataset: answers.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [equals]
${gate}`;
    const DATASET = `schema_version: 2.0.0
version: 1.4.0
test_cases:
  - { id: one, input: "yes", expected_output: { answer: "yes" } }
  - { id: two, input: "no", expected_output: { answer: maybe } }
`;
    const evaluated = async (gate: string): Promise<string> => {
      const root = workspace({ 'touchstone.yaml': suite(gate), 'answers.golden.yaml': DATASET });
      await touchstone(root, 'eval', 'answers');
      return root;
    };
    const PASSES = '    gate: { min_pass_rate: 0.4 }\n';
    const FAILS = '    gate: { min_pass_rate: 0.9 }\n';

    it('is evaluated before it exists, though a route leads to it already', async () => {
      const route = 'gateway: { routes: { answers: { model: answers, to: release/warm } } }\n';
      const root = await evaluated(PASSES + route);
      assert.equal((await touchstone(root, ...CREATE, '--run', 'latest')).code, 0);
    });

    it('is created from a run whose gate passed, and holds what approved it', async () => {
      const root = await evaluated(PASSES);
      const { code, out, err } = await touchstone(root, ...CREATE, '--run', 'latest', '--json');
      assert.equal(code, 0, out + err);
      const { approved_by: by, dataset, approval, schema_version } = JSON.parse(out);
      assert.deepEqual(
        [by.kind, by.gate, by.override, by.evaluators],
        ['run', 'passed', undefined, ['equals']],
      );
      assert.equal(by.clauses.find(({ name }: { name: string }) => name === 'min_pass_rate')?.status, 'pass');
      assert.deepEqual(dataset, { path: 'answers.golden.yaml', version: '1.4.0' });
      assert.deepEqual([approval.state, schema_version], ['approved', '1.1.0']);
      assert.match((await touchstone(root, 'release', 'list')).out, / approved/);
      assert.equal((await touchstone(root, 'release', 'verify')).code, 0);
    });

    const refused: [what: string, gate: string, message: RegExp][] = [
      ['failed', FAILS, /does not approve a release: its gate failed: .*min_pass_rate/],
      ['is undecided', '    gate: { min_pass_rate: { critical: 1 } }\n', /its gate is undecided/],
      ['is not there', '', /the suite "answers" has no gate/],
    ];
    for (const [what, gate, message] of refused)
      it(`is refused from a run whose gate ${what}, and says for ever why it was created all the same`, async () => {
        const root = await evaluated(gate);
        const create = [...CREATE, '--run', 'latest'];
        const { code, err } = await touchstone(root, ...create);
        assert.equal(code, 2);
        assert.match(err, message);
        assert.equal(existsSync(path.join(root, 'releases')), false);
        assert.equal((await touchstone(root, ...create, '--override', ' ')).code, 2);

        assert.equal((await touchstone(root, ...create, '--override', 'hotfix 12')).code, 0);
        const shown = await touchstone(root, 'release', 'show', 'warm');
        assert.match(shown.out.split('\n')[1] ?? '', /^OVERRIDDEN: .*hotfix 12/);
        assert.match((await touchstone(root, 'release', 'list')).out, /OVERRIDDEN/);
        assert.match(
          (await touchstone(root, 'release', 'diff', 'warm', 'warm')).out,
          /OVERRIDDEN: .*hotfix 12/,
        );
        const file = path.join(root, 'releases', 'warm.yaml');
        writeFileSync(file, readFileSync(file, 'utf8').replace('hotfix 12', 'all is well'));
        assert.equal((await touchstone(root, 'release', 'verify')).code, 2);
      });
  });

  it('says of a release without a run that it was not evaluated', async () => {
    const root = workspace();
    assert.match((await touchstone(root, ...CREATE)).out, /^not evaluated: release warm was not evaluated/);
    assert.match((await touchstone(root, 'release', 'list')).out, /not evaluated/);
    assert.match((await touchstone(root, 'release', 'show', 'warm')).out, /\nnot evaluated: /);
  });

  it('shows what differs between two releases', async () => {
    const root = workspace({
      'new.prompty': PROMPT.replace('Be kind.', 'Be kind and short.').replace(
        'gpt-5-mini }',
        'gpt-5-mini, parameters: { temperature: 0.2 } }',
      ),
    });
    await touchstone(root, ...CREATE);
    const model = ['--model', 'openai/gpt-5'];
    const created = await touchstone(root, 'release', 'create', 'crisp', '--prompt', 'new.prompty', ...model);
    assert.equal(created.code, 0, created.err);
    const { out } = await touchstone(root, 'release', 'diff', 'warm', 'crisp');
    assert.match(out, /model +openai\/gpt-5-mini +openai\/gpt-5/);
    assert.match(out, /parameter\.temperature +- +0\.2/);
    assert.match(out, /\n-Be kind\.\n\+Be kind and short\./);
    const json = JSON.parse((await touchstone(root, 'release', 'diff', 'warm', 'crisp', '--json')).out);
    assert.deepEqual([json.from, json.to, json.sameContent, json.texts.length], ['warm', 'crisp', false, 1]);
    const same = JSON.parse((await touchstone(root, 'release', 'diff', 'warm', 'warm', '--json')).out);
    assert.deepEqual([same.sameContent, same.settings, same.texts], [true, [], []]);
  });

  it('exits with 2 where a release was changed by hand, and so does validate', async () => {
    const root = workspace();
    await touchstone(root, ...CREATE);
    const file = path.join(root, 'releases', 'warm.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Be kind.', 'Be rude.'));
    for (const argv of [
      ['release', 'verify'],
      ['release', 'verify', 'warm'],
      ['release', 'show', 'warm'],
      ['validate'],
    ]) {
      const { code, out, err } = await touchstone(root, ...argv);
      assert.equal(code, 2, argv.join(' '));
      assert.match(
        out + err,
        /releases\/warm\.yaml:5:1: .*changed since the release was created: the prompt/,
      );
    }
    const [listed] = JSON.parse((await touchstone(root, 'release', 'verify', '--json')).out);
    assert.equal(listed.problem.message, 'changed since the release was created: the prompt');
  });

  const wrong: [argv: string[], message: RegExp][] = [
    [[...CREATE], /this release exists, and releases do not change/],
    [['release', 'create', '../x', ...CREATE.slice(3)], /cannot be the name of a release/],
    [['release', 'create', 'x', '--prompt', 'missing.prompty'], /there is no such prompt file/],
    [
      ['release', 'create', 'x', '--prompt', 'answer.prompty', '--model', 'gpt'],
      /not of the form provider\/model/,
    ],
    [
      ['release', 'create', 'x', '--prompt', 'answer.prompty', '--model', 'opnai/gpt'],
      /names the provider "opnai", which is not configured/,
    ],
    [
      ['release', 'create', 'x', '--prompt', 'answer.prompty', '--model', 'vscode/gpt'],
      /cannot use a model of the editor/,
    ],
    [
      ['release', 'create', 'x', '--prompt', 'answer.prompty', '--model', 'openai/gpt', '--run', 'nope'],
      /there is no run nope/,
    ],
    [
      ['release', 'create', 'x', '--prompt', 'secret.prompty', '--model', 'openai/gpt'],
      /takes a value from the environment/,
    ],
    [['release', 'create', 'x'], /--prompt/],
    [
      ['release', 'create', 'x', ...CREATE.slice(3), '--override', 'why'],
      /--override needs --run or --comparison/,
    ],
    [['release', 'create', 'x', ...CREATE.slice(3), '--run', 'a', '--comparison', 'b'], /cannot be combined/],
    [['release', 'diff', 'warm', 'nope'], /there is no release "nope"/],
    [['release', 'show', 'nope'], /there is no release "nope"/],
  ];
  for (const [argv, message] of wrong) {
    it(`exits with 2 for ${argv.join(' ')}`, async () => {
      const root = workspace({
        'secret.prompty': PROMPT.replace('name: Answer', 'name: Answer\ninputs: { key: "${env:PATH}" }'),
      });
      await touchstone(root, ...CREATE);
      const { code, out, err } = await touchstone(root, ...argv);
      assert.equal(code, 2, out + err);
      assert.match(out + err, message);
      assert.equal(existsSync(path.join(root, 'releases', 'x.yaml')), false);
    });
  }

  it('has nothing to verify where there are no releases', async () => {
    const root = workspace();
    assert.match((await touchstone(root, 'release')).out, /no releases; create one with/);
    assert.equal((await touchstone(root, 'release', 'verify')).code, 2);
  });
});
