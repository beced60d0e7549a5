import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { type CommandResult, touchstone } from '../support/commandLine.ts';
import {
  type OpenAiServer,
  type RecordedRequest,
  type Script,
  startOpenAiServer,
} from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DOWN: Script = { status: 503, message: 'the server is down' };
/** Names without letters that a search could mistake for others. */
const CASES = Array.from({ length: 12 }, (_, at) => `case-${String(at).padStart(2, '0')}`);

const PROMPT = `---
name: answer
inputs: { question: { type: string } }
---
system:
Answer in one word.

user:
{{question}}
`;

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
${CASES.map((id) => `  - { id: ${id}, input: { question: "What is ${id}?" }, expected_output: { answer: word } }`).join('\n')}
`;

describe('an evaluation whose provider dies in the middle', function () {
  this.timeout(60_000);
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function serve(script: (request: RecordedRequest, index: number) => Script): Promise<OpenAiServer> {
    const server = await startOpenAiServer(script);
    closing.push(() => server.close());
    return server;
  }

  interface Setup {
    main: OpenAiServer;
    spare: OpenAiServer;
    fallbacks: string;
    caches?: string;
    suite?: string;
    evaluators?: string;
    /** Of the main provider; where it is off, the run goes on however much fails. */
    breaker?: string;
  }

  function configure({
    main,
    spare,
    fallbacks,
    caches = '{}',
    suite = '',
    evaluators = '[{ contains: word }]',
    breaker = '{ failures: 3 }',
  }: Setup) {
    return `providers:
  main: { base_url: "${main.baseUrl}", resilience: { retry: false, breaker: ${breaker} } }
  spare: { base_url: "${spare.baseUrl}", resilience: { retry: false } }
caches: ${caches}
fallbacks:
  main/big: ${fallbacks}
suites:
  words:
    dataset: words.golden.yaml
    max_concurrency: 1
    targets: [{ name: agent, prompt: answer.prompty, model: main/big }]
    evaluators: ${evaluators}
    ${suite}
`;
  }

  function workspace(setup: Setup): string {
    const files = {
      'answer.prompty': PROMPT,
      'words.golden.yaml': DATASET,
      'touchstone.yaml': configure(setup),
    };
    return temporaryFolder(files);
  }

  const REPORTS = ['json', 'jsonl', 'csv', 'xml', 'md'];

  async function evaluate(
    folder: string,
    ...more: string[]
  ): Promise<CommandResult & { report: Report; text(kind: string): string }> {
    const outputs = REPORTS.flatMap((kind) => ['-o', `report.${kind}`]);
    const result = await touchstone(folder, 'eval', '--no-progress', ...outputs, ...more);
    const text = (kind: string) => readFileSync(path.join(folder, `report.${kind}`), 'utf8');
    return { ...result, text, report: JSON.parse(text('json')) };
  }

  interface Report {
    runs: {
      passed: boolean;
      run: { id: string; state: string };
      gate: { passed: boolean; clauses: { name: string; status: string; reason: string }[] } | null;
      summary: {
        total: { passed: number; errored: number; pass_rate: number; latency_ms: object | null };
        sources?: { fallbacks: { name: string; count: number }[]; scored: number; notes: string[] };
      };
      results: {
        case_id: string;
        status: string;
        reason: string;
        score: number | null;
        output: { text: string; source?: { kind: string; text: string; fallback: boolean } };
        evaluations: { name: string; status: string; source?: { kind: string; model?: string } }[];
        trace_id: string;
      }[];
    }[];
  }

  it('completes on its fallback, and every affected case says so everywhere', async () => {
    const main = await serve((_request, index) => (index < 5 ? { text: 'word' } : DOWN));
    const spare = await serve(() => ({ text: 'word' }));
    const folder = workspace({
      main,
      spare,
      fallbacks: '[spare/mini]',
      suite: 'gate: { min_pass_rate: 0.9, max_errors: 0 }',
    });

    const { code, out, report, text } = await evaluate(folder);
    const [run] = report.runs;
    assert(run);
    assert.equal(run.run.state, 'complete');
    assert.equal(code, 1, 'answers of another model pass no gate');
    assert.deepEqual([run.summary.total.passed, run.summary.total.errored], [5, 7]);

    const note = '7 of 12 answers came from fallbacks: 7 spare/mini; they are not scored';
    assert.deepEqual(run.summary.sources?.notes, [note]);
    assert(out.includes(note), out);
    assert.match(out, /gate failed: 5 passed, 0 failed, 7 errored \(7 answered by fallbacks, not scored\)/);
    for (const kind of ['jsonl', 'xml', 'md']) assert(text(kind).includes(note), kind);
    assert.equal(run.gate?.clauses.find(({ name }) => name === 'min_pass_rate')?.status, 'fail');

    for (const [at, result] of run.results.entries()) {
      assert.equal(result.output.text, 'word', 'the answer is shown, whoever gave it');
      if (at < 5) {
        assert.deepEqual([result.status, result.output.source], ['passed', undefined]);
        continue;
      }
      assert.deepEqual([result.status, result.score], ['errored', null]);
      assert.match(result.reason, /^not scored, because a fallback answered \(spare\/mini\)/);
      assert.deepEqual([result.output.source?.kind, result.output.source?.fallback], ['model', true]);
      assert.match(
        result.output.source?.text ?? '',
        /^answered by a fallback \(spare\/mini\), because the model did not answer: /,
      );
      assert.equal(result.evaluations.length, 0, 'nothing is paid for judging it');
    }

    const count = (kind: string, pattern: RegExp) => text(kind).match(pattern)?.length ?? 0;
    assert.equal(count('csv', /answered by a fallback \(spare\/mini\)/g), 7);
    assert.equal(count('xml', /<error [^>]*type="fallback"/g), 7);
    assert.equal(count('jsonl', /"source":\{"kind":"model"/g), 7);
    assert.equal(count('md', /not scored, because a fallback answered/g), 7);
    assert.equal((out.match(/not scored, because a fallback answered/g) ?? []).length, 7);

    const [last] = run.results.slice(-1);
    const shown = await touchstone(folder, 'show', run.run.id, '--case', 'case-11');
    assert.match(shown.out, /source answered by a fallback \(spare\/mini\)/);
    const store = new RunStore(path.join(folder, '.touchstone', 'touchstone.db'), { access: 'read' });
    const attributes = store.traces.spans(last?.trace_id ?? '').map(({ attributes: found }) => found);
    store.close();
    const marked = attributes.find((found) => found['touchstone.source'] !== undefined);
    assert.equal(marked?.['touchstone.source'], 'model');
    assert.equal(marked?.['touchstone.source.model'], 'spare/mini');
  });

  it('counts the answers of fallbacks where that is set', async () => {
    const main = await serve((_request, index) => (index < 5 ? { text: 'word' } : DOWN));
    const spare = await serve((_request, index) => ({ text: index === 0 ? 'other' : 'word' }));
    const folder = workspace({ main, spare, fallbacks: '[spare/mini]', suite: 'score_fallbacks: true' });
    const { report, out } = await evaluate(folder);
    const [run] = report.runs;
    assert.equal(run?.summary.total.passed, 11);
    assert(
      out.includes("7 of 12 answers came from fallbacks: 7 spare/mini; scored as the target's own"),
      out,
    );
    assert.equal(run.results.filter(({ output }) => output.source).length, 7);
  });

  it('answers from the cache of an earlier run, and not for another model or another wording', async () => {
    let up = true;
    const main = await serve(() => (up ? { text: 'word' } : DOWN));
    const spare = await serve(() => DOWN);
    const setup = { main, spare, fallbacks: '[cache]', caches: '{ exact: true }', breaker: 'false' };
    const folder = workspace(setup);
    await evaluate(folder);

    up = false;
    const again = await evaluate(folder);
    const [run] = again.report.runs;
    assert.deepEqual(run?.summary.sources?.fallbacks, [{ name: 'cache', count: 12 }]);
    assert.match(run?.results[0]?.reason ?? '', /\(a stored reply to the same request, [\d.]+ m?s old\)/);

    writeFileSync(path.join(folder, 'answer.prompty'), PROMPT.replace('one word', 'two words'));
    const [changed] = (await evaluate(folder)).report.runs;
    assert.equal(changed?.summary.sources, undefined);
    assert.match(
      changed?.results[0]?.reason ?? '',
      /no fallback answered: cache: no reply to this request is stored/,
    );
  });

  it('answers with nothing that another deployment said, which a header takes from the environment', async () => {
    const main = await serve(() => ({ text: 'word' }));
    const folder = workspace({ main, spare: main, fallbacks: '[]', caches: '{ exact: { mode: first } }' });
    const file = path.join(folder, 'touchstone.yaml');
    const headers =
      'resilience: { retry: false, breaker: { failures: 3 } }, headers: { x-deployment: "${env:TEST_DEPLOYMENT}" }';
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('resilience: { retry: false, breaker: { failures: 3 } }', headers),
    );

    const asked: number[] = [];
    try {
      for (const deployment of ['blue', 'green', 'blue']) {
        process.env['TEST_DEPLOYMENT'] = deployment;
        await evaluate(folder);
        asked.push(main.requests.length);
      }
    } finally {
      delete process.env['TEST_DEPLOYMENT'];
    }
    assert.deepEqual(asked, [12, 24, 24]);
  });

  it('asks the cache first only where that is set, and then counts what the model said before', async () => {
    const main = await serve(() => ({ text: 'word' }));
    const spare = await serve(() => DOWN);
    const folder = workspace({ main, spare, fallbacks: '[]', caches: '{ exact: { mode: first } }' });
    await evaluate(folder);
    const { report, out } = await evaluate(folder);
    assert.equal(main.requests.length, 12);
    assert.equal(report.runs[0]?.summary.total.passed, 12);
    assert.equal(report.runs[0]?.summary.total.latency_ms, null, 'a stored answer takes no time');
    assert(out.includes('12 of 12 answers came from the cache, which was asked first'), out);

    const limited = configure({
      main,
      spare,
      fallbacks: '[]',
      caches: '{ exact: { mode: first } }',
      evaluators: '[{ contains: word }, { latency: 5000 }]',
    });
    writeFileSync(path.join(folder, 'touchstone.yaml'), limited);
    const [measured] = (await evaluate(folder)).report.runs;
    assert.equal(measured?.summary.total.errored, 12, 'what was not measured does not pass');
  });

  it('keeps the semantic cache off where the dataset does not show that it is safe, and says why', async () => {
    const main = await serve((_request, index) => (index < 5 ? { text: 'word' } : DOWN));
    const spare = await serve(() => DOWN);
    const folder = workspace({
      main,
      spare,
      fallbacks: '[similar]',
      caches: '{ similar: true }',
      breaker: 'false',
    });
    const { report } = await evaluate(folder);
    assert.match(
      report.runs[0]?.results[5]?.reason ?? '',
      /no fallback answered: similar: off, because no two cases that differ in their last message alone expect different outputs/,
    );
  });

  describe('and judges', () => {
    const evaluators = '[{ rubric: { criteria: "it is a word", model: main/big } }]';
    const verdict: Script = { text: '{"reason": "it is a word", "score": 1, "pass": true}' };
    const isJudge = ({ body }: RecordedRequest) => JSON.stringify(body.messages).includes('it is a word');

    async function judged(suite: string) {
      const main = await serve((request) => (isJudge(request) ? DOWN : { text: 'word' }));
      const spare = await serve(() => verdict);
      const folder = workspace({ main, spare, fallbacks: '[spare/mini]', suite, evaluators });
      writeFileSync(
        path.join(folder, 'touchstone.yaml'),
        readFileSync(path.join(folder, 'touchstone.yaml'), 'utf8').replace(
          'breaker: { failures: 3 }',
          'breaker: false',
        ),
      );
      return { ...(await evaluate(folder)), spare, folder };
    }

    it('answer from the cache where that is set, although their questions are fenced anew each time', async () => {
      const main = await serve((request) => (isJudge(request) ? verdict : { text: 'word' }));
      const spare = await serve(() => verdict);
      const folder = workspace({
        main,
        spare,
        fallbacks: '[]',
        evaluators,
        caches: '{ exact: { mode: first, judges: true } }',
      });
      await evaluate(folder);
      const asked = main.requests.length;
      assert.equal(asked, 24);
      const { out, report } = await evaluate(folder);
      assert.equal(main.requests.length, asked, 'neither target nor judge is asked again');
      assert.equal(report.runs[0]?.summary.total.passed, 12);
      assert(out.includes('12 verdicts of judges came from the cache'), out);
    });

    it('have no fallback by default: the verdict is missing', async () => {
      const { report, spare } = await judged('');
      assert.equal(report.runs[0]?.summary.total.errored, 12);
      assert.equal(spare.requests.length, 0);
    });

    it('are marked where another model judged, and left out of what is known of the judge', async () => {
      const { report, out, folder } = await judged('score_fallbacks: true');
      const [run] = report.runs;
      assert.equal(run?.summary.total.passed, 12);
      assert.deepEqual(
        run.results.map(({ evaluations: [one] }) => [one?.source?.kind, one?.source?.model]),
        CASES.map(() => ['model', 'spare/mini']),
      );
      assert(
        out.includes(
          "12 verdicts of judges came from fallbacks: 12 spare/mini; they say nothing about the judges' health",
        ),
        out,
      );
      const study = await touchstone(folder, 'evaluators', run.run.id);
      assert.doesNotMatch(study.out, /12 outputs/);
    });
  });

  it('compares without the answers of fallbacks, and says how many are left', async () => {
    let calls = 0;
    const main = await serve(() => {
      calls += 1;
      return calls <= 16 ? { text: 'word' } : DOWN;
    });
    const spare = await serve(() => ({ text: 'word' }));
    const folder = workspace({ main, spare, fallbacks: '[spare/mini]' });
    await evaluate(folder);
    const { report } = await evaluate(folder);
    const before = await touchstone(folder, 'show', '--runs', '--json');
    const ids = (JSON.parse(before.out) as { runs: { id: string }[] }).runs.map(({ id }) => id);
    const candidate = report.runs[0]?.run.id ?? '';
    const baseline = ids.find((id) => id !== candidate) ?? '';
    const { out } = await touchstone(folder, 'compare', '--baseline', baseline, '--candidate', candidate);
    assert.match(out, /undecided/);
    assert.match(out, /Candidate: 8 of 12 answers came from fallbacks: 8 spare\/mini; they are not scored\./);
    assert.match(
      out,
      /effective n is 12 of 12 trials on the baseline's side, 4 of 12 trials on the candidate's side\./,
    );
  });
});
