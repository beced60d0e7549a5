import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = 24;

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
${Array.from({ length: CASES }, (_, at) => `  - { id: c${at}, input: { text: "hello ${at}" }, expected_output: { expected_concepts: [please] }, tags: [${at < 3 ? 'critical' : 'usual'}] }`).join('\n')}
`;

const CONFIG = `suites:
  polite:
    dataset: x.golden.yaml
    targets: [{ name: prompt, echo: ask.prompty }]
    evaluators: [concepts]
    gate: { no_regression: [critical], non_inferiority_margin: 0.2 }
`;

const prompt = (text: string) => `---\nname: ask\n---\nuser:\n${text} {{text}}\n`;

describe('touchstone compare', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  function workspace(files: { [file: string]: string }): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  /** A repository whose only commit has a prompt that says please. */
  function repository(folder = workspace({})): string {
    const files = {
      'touchstone.yaml': CONFIG,
      'x.golden.yaml': DATASET,
      'ask.prompty': prompt('Please echo'),
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
    git(folder, 'init', '--quiet');
    commit(folder);
    return folder;
  }

  function git(folder: string, ...args: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
  }

  function commit(folder: string): void {
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'x');
  }

  const json = (folder: string) =>
    JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')).comparisons[0];

  it('finds that an edit of a prompt made it worse than HEAD, and leaves the repository alone', async () => {
    const folder = repository();
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Echo'));
    const [status, index] = [
      git(folder, 'status', '--porcelain'),
      readFileSync(path.join(folder, '.git/index')),
    ];
    const temporary = () =>
      readdirSync(os.tmpdir()).filter((name) => name.startsWith('touchstone-revision-'));
    const before = temporary();
    const { code, out } = await touchstone(folder, 'compare', '-o', 'report.json', 'report.md');
    assert.equal(code, 1, out);
    assert.match(
      out,
      /^worse: The candidate is worse: it passes 0\.0 % of the cases, the baseline 100\.0 %/m,
    );
    assert.match(out, /0 improved, 24 degraded/);
    assert.equal(git(folder, 'status', '--porcelain').replace(/\?\? report.*\n/g, ''), status);
    assert.deepEqual(readFileSync(path.join(folder, '.git/index')), index);
    assert.deepEqual(
      temporary().filter((name) => !before.includes(name)),
      [],
    );
    const comparison = json(folder);
    assert.equal(comparison.verdict.word, 'worse');
    assert.equal(comparison.cases.length, CASES);
    assert.equal(comparison.metrics[0].test, 'mcnemar');
    assert.deepEqual(
      comparison.gate.clauses.map((clause: { status: string }) => clause.status),
      ['fail', 'fail', 'fail'],
    );
    assert.match(
      readFileSync(path.join(folder, 'report.md'), 'utf8'),
      /^<!-- touchstone-comparison -->\n### 🔴 `polite`: worse\n/,
    );
  });

  it('uses today’s cases and evaluators for a revision, and finds the gain over it', async () => {
    const folder = repository();
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Thank you, and please echo'));
    // The revision’s dataset asked nothing of the kind.
    writeFileSync(path.join(folder, 'x.golden.yaml'), DATASET.replaceAll('[please]', '[thank you]'));
    const { code, out } = await touchstone(folder, 'compare', '--baseline', 'HEAD', '--candidate', '.');
    assert.match(out, /^better: /m);
    assert.equal(code, 0);
  });

  it('never decides what has not changed', async () => {
    const folder = repository();
    const same = await touchstone(folder, 'compare');
    assert.match(same.out, /^undecided: Both sides are the same/m);
    assert.match(same.out, /Nothing in this folder has changed since HEAD/);
    assert.equal(same.code, 0);
    const itself = await touchstone(folder, 'compare', '-b', 'prompt', '--candidate', 'prompt');
    assert.match(itself.out, /^undecided: Both sides are the same/m);
    assert.equal(existsSync(path.join(folder, '.touchstone', 'touchstone.db')), true);
  });

  it('takes over earlier results of the same hash, and says so; --fresh does not', async () => {
    const folder = repository();
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Echo'));
    await touchstone(folder, 'compare', '-o', 'report.json');
    assert.deepEqual([json(folder).baseline.reused_trials, json(folder).candidate.reused_trials], [0, 0]);
    const { out } = await touchstone(folder, 'compare', '-o', 'report.json');
    assert.match(out, /reused 48 results from earlier runs \(24 baseline, 24 candidate\)/);
    assert.equal(json(folder).verdict.word, 'worse');
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Now echo'));
    await touchstone(folder, 'compare', '-o', 'report.json');
    assert.deepEqual([json(folder).baseline.reused_trials, json(folder).candidate.reused_trials], [24, 0]);
    await touchstone(folder, 'compare', '--fresh', '-o', 'report.json');
    assert.deepEqual([json(folder).baseline.reused_trials, json(folder).candidate.reused_trials], [0, 0]);
  });

  it('compares two stored runs without running anything, and refuses other evaluators', async () => {
    const folder = repository();
    const runId = async () => /touchstone show (\S+)/.exec((await touchstone(folder, 'eval')).out)?.[1] ?? '';
    const first = await runId();
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Echo'));
    const second = await runId();
    const compared = await touchstone(folder, 'compare', '-b', first, '--candidate', second, '--gate');
    assert.match(compared.out, /^worse: /m);
    assert.match(compared.out, /✗ fail {6}no_regression\[critical\]: 3 of 3 cases got worse/);
    assert.match(compared.out, /^gate failed/m);
    assert.equal(compared.code, 1);
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      CONFIG.replace('[concepts]', '[{ concepts: { min: 0.9 } }]'),
    );
    const third = await runId();
    const refused = await touchstone(folder, 'compare', '-b', first, '--candidate', third);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /scored by different evaluators/);
  });

  it('stops early, and counts what that saved', async () => {
    const folder = repository();
    const many = Array.from(
      { length: 400 },
      (_, at) => `  - { id: c${at}, input: { text: x }, expected_output: { expected_concepts: [please] } }`,
    );
    writeFileSync(
      path.join(folder, 'x.golden.yaml'),
      `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${many.join('\n')}\n`,
    );
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Echo'));
    const { code, out } = await touchstone(folder, 'compare', '--sequential', '-o', 'report.json');
    assert.equal(code, 1);
    assert.match(out, /stopped after \d+ of 400 cases: the verdict was clear/);
    const { sequential, verdict, counts, metrics } = json(folder);
    assert.equal(verdict.word, 'worse');
    assert.equal(sequential.stopped, true);
    assert.ok(counts.pairs === sequential.pairs && counts.pairs < 200);
    assert.equal(metrics[0].test, 'betting');

    const run: string = json(folder).candidate.run_id;
    const shown = await touchstone(folder, 'show', run);
    assert.match(
      shown.out,
      /^comparison of HEAD \(baseline\) vs\. working tree \(candidate\), the verdict was settled after \d+ of 400 cases: \d+ passed, \d+ failed, 0 errored$/m,
    );
    assert.doesNotMatch(shown.out, /missing|incomplete|gate/);
    const listed = (await touchstone(folder, 'show', '--comparisons')).out;
    assert.match(listed, new RegExp(`^${run} .* HEAD +working tree +complete `, 'm'));
    assert.match((await touchstone(folder, 'show', '--runs')).out, /^no runs yet;/m);
    const again = await touchstone(folder, 'eval', '--resume');
    assert.equal(again.code, 2);
    assert.match(again.err, /there is no evaluation to resume/);
  });

  it('never resumes a comparison as an evaluation, whatever its state', async () => {
    const folder = workspace({
      'touchstone.yaml': `suites:
  s:
    dataset: x.golden.yaml
    targets: [{ name: v1, echo: one.prompty }, { name: v2, echo: two.prompty }]
    evaluators: [concepts]
`,
      'x.golden.yaml': DATASET,
      'one.prompty': prompt('Please'),
      'two.prompty': prompt('Please do'),
    });
    await touchstone(folder, 'compare', '-b', 'v1', '--candidate', 'v2', '-o', 'report.json');
    const run: string = json(folder).candidate.run_id;
    const database = new DatabaseSync(path.join(folder, '.touchstone/touchstone.db'));
    database.exec("UPDATE runs SET state = 'interrupted', stop_reason = NULL");
    database.close();
    const named = await touchstone(folder, 'eval', '--resume', run);
    assert.equal(named.code, 2);
    assert.match(named.err, /compares v1 with v2, so it cannot be resumed as an evaluation/);
    assert.match(named.err, /Compare again with touchstone compare/);
    assert.equal((await touchstone(folder, 'eval', '--resume')).code, 2);
  });

  it('finds a suite at HEAD that is called after its folder', async () => {
    const config = (words: string) => `prompts: ['${words} {{word}}']
providers: [echo]
tests: [{ vars: { word: please }, assert: [{ type: contains, value: echo }] }]
`;
    const folder = workspace({
      'promptfooconfig.yaml': config('echo'),
      'part/promptfooconfig.yaml': config('echo'),
    });
    git(folder, 'init', '--quiet');
    commit(folder);
    for (const at of [folder, path.join(folder, 'part')]) {
      writeFileSync(path.join(at, 'promptfooconfig.yaml'), config('say'));
      const compared = await touchstone(at, 'compare', '--config', 'promptfooconfig.yaml');
      assert.equal(compared.code, 0, compared.err);
      assert.match(compared.out, /0 improved, 1 degraded/);
    }
  });

  it('says that the baseline has no configuration yet, and can evaluate the candidate alone', async () => {
    const folder = workspace({ 'README.md': 'x' });
    git(folder, 'init', '--quiet');
    commit(folder);
    for (const [file, text] of Object.entries({
      'touchstone.yaml': CONFIG.replace(
        /gate: .*/,
        'gate: { min_pass_rate: 0.9, no_regression: [critical] }',
      ),
      'x.golden.yaml': DATASET,
      'ask.prompty': prompt('Please echo'),
    }))
      writeFileSync(path.join(folder, file), text);
    const refused = await touchstone(folder, 'compare', '--gate');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /the baseline HEAD has no touchstone\.yaml/);
    assert.match(refused.err, /Compare with a revision that has it, or .*--allow-missing-baseline/);
    const args = ['compare', '--gate', '--allow-missing-baseline', '-o', 'report.md'];
    const alone = await touchstone(folder, ...args);
    assert.equal(alone.code, 0, alone.err);
    assert.match(alone.err, /the baseline HEAD has no touchstone\.yaml: evaluating the candidate alone/);
    assert.match(alone.out, /^gate passed: 24 passed/m);
    assert.ok(existsSync(path.join(folder, 'report.md')));
    writeFileSync(path.join(folder, 'ask.prompty'), prompt('Echo'));
    assert.equal((await touchstone(folder, ...args)).code, 1, 'its own gate decides');
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      `${CONFIG}  other:\n${CONFIG.split('\n').slice(2).join('\n')}`,
    );
    commit(folder);
    writeFileSync(path.join(folder, 'touchstone.yaml'), CONFIG.replace('polite:', 'new:'));
    const suite = await touchstone(folder, 'compare');
    assert.match(suite.err, /the baseline HEAD has no suite new/);
  });

  it('compares two models with the same prompt, interleaved', async () => {
    const server = await startOpenAiServer(({ body: { model } }) => ({
      text: model === 'good' ? 'please' : 'no',
    }));
    disposals.push(() => server.close());
    const folder = workspace({
      'touchstone.yaml': `providers:
  local: { base_url: "${server.baseUrl}", prices: { good: { input: 2, output: 8 }, bad: { input: 1, output: 4 } } }
suites:
  s:
    dataset: x.golden.yaml
    targets: [{ name: ask, prompt: ask.prompty, model: local/bad }]
    evaluators: [concepts]
    max_concurrency: 1
`,
      'x.golden.yaml': DATASET,
      'ask.prompty': prompt('Echo'),
    });
    const { code, out } = await touchstone(
      folder,
      ...['compare', '-b', 'local/bad', '--candidate', 'local/good', '-o', 'report.json'],
    );
    assert.equal(code, 0, out);
    assert.match(out, /^better: /m);
    const models = server.requests.map(({ body }) => body.model);
    assert.deepEqual(models.slice(0, 4), ['bad', 'good', 'bad', 'good']);
    const cost = json(folder).resources.find((entry: { resource: string }) => entry.resource === 'cost');
    assert.equal(cost.relative, 1);
  });

  it('says what is wrong with a side', async () => {
    const folder = repository();
    for (const [args, message] of [
      [['-b', 'nope'], /no git revision nope, nor a target/],
      [['-b', '--output=x'], /no git revision --output=x/],
      [['-b', 'target:nope'], /no target nope/],
      [['-b', 'run:nope', '--candidate', 'run:nope'], /no run nope/],
      [['-b', 'openai/gpt-5-mini'], /no prompt that could be run with/],
      [['-s', 'nope'], /there is no suite nope/],
      [['-o', 'x.csv'], /unknown comparison format: x\.csv/],
    ] as const) {
      const { code, err } = await touchstone(folder, 'compare', ...args);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
    const bare = workspace({
      'touchstone.yaml': CONFIG,
      'x.golden.yaml': DATASET,
      'ask.prompty': prompt('x'),
    });
    assert.match((await touchstone(bare, 'compare')).err, /not in a git repository/);
  });

  it('decides the sample: its newer agent is better, with the right cases named', async function () {
    this.timeout(60_000);
    const folder = temporaryFolder();
    cpSync(path.join(import.meta.dirname, '..', '..', 'datasets'), folder, {
      recursive: true,
      filter: (file) => !file.includes('.touchstone'),
    });
    const { code, out } = await touchstone(folder, 'compare', '-b', 'v1', '--all', '-o', 'report.json');
    assert.equal(code, 0, out);
    assert.match(out, /^better: /m);
    const change = (id: string) =>
      json(folder).cases.find((entry: { case_id: string }) => entry.case_id === id)?.change;
    assert.equal(change('refund-last-day'), 'improved');
    assert.equal(change('cancel-in-time'), 'improved');
    const itself = await touchstone(folder, 'compare', '-s', 'versions', '-b', 'v2', '--candidate', 'v2');
    assert.match(itself.out, /^undecided: /m);
  });
});
