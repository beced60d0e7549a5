import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { labelOutput } from '../../src/engine/datasets/edit/outputLabels.ts';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const WORDS = ['red', 'green', 'blue', 'black'];

/** As many of the four words as `known`, and the number of the case. */
function inputOf(at: number): string {
  const known = at < 100 ? 4 : at < 160 ? 0 : 2;
  return `${WORDS.slice(0, known).join(' ')} number ${at}`.trim();
}

function dataset(cases: number, first = 0): string {
  const entries = Array.from(
    { length: cases },
    (_, at) =>
      `  - { id: c${first + at}, input: "${inputOf(first + at)}", expected_output: { expected_concepts: [${WORDS.join(', ')}] } }`,
  );
  return `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${entries.join('\n')}\n`;
}

function config(server: OpenAiServer, cascade: string, gate = 'gate: { min_pass_rate: 0 }'): string {
  return `providers:
  local: { base_url: "${server.baseUrl}", prices: { judge: { input: 1, output: 1 } } }
suites:
  s:
    dataset: x.golden.yaml
    targets: [{ echo: true }]
    evaluators:
      - concepts: { min: 0 }
      - rubric: { criteria: names the colours, model: local/judge }
    ${cascade}
    ${gate}
`;
}

const verdict = (pass: boolean) => ({ text: JSON.stringify({ reason: 'seen', score: pass ? 1 : 0 }) });
const numberIn = (text: string) => Number(/number (\d+)/.exec(text)?.[1]);

describe('judges in a run', () => {
  const disposals: (() => unknown)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  /** The judge says what `passes` says of the number of a case. */
  async function start(passes: (at: number, asked: number, question: string) => boolean, cases: string) {
    const asked = new Map<number, number>();
    const server = await startOpenAiServer(({ body }) => {
      const question = JSON.stringify(body.messages);
      const at = numberIn(question);
      asked.set(at, (asked.get(at) ?? 0) + 1);
      return verdict(passes(at, asked.get(at) ?? 0, question));
    });
    const folder = temporaryFolder({ 'x.golden.yaml': cases });
    disposals.push(() => server.close());
    const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
    return { server, folder, write };
  }

  it('are left out where thresholds that were fitted to a stored run settle a case, in both directions', async () => {
    const { server, folder, write } = await start(
      (at) => at < 100 || (at >= 160 && at % 2 === 0),
      dataset(200),
    );
    write('touchstone.yaml', config(server, 'cascade: { mode: full }'));
    await touchstone(folder, 'eval', '--no-progress');
    assert.equal(server.requests.length, 200);
    const study = await touchstone(folder, 'evaluators', '--agreement', '0.9');
    const snippet = /for the suite: (cascade: .*)/.exec(study.out)?.[1];
    assert.ok(snippet, study.out);
    assert.match(snippet, /pass: \{ lexical: 1 \}/);
    write('touchstone.yaml', config(server, snippet));
    const again = await touchstone(folder, 'eval', '--no-progress', '-o', path.join(folder, 'r.json'));
    const { summary, results } = JSON.parse(readFileSync(path.join(folder, 'r.json'), 'utf8')).runs[0];
    const early = results.filter(({ settled }: { settled: { early: boolean } }) => settled.early);
    const statuses = new Set(early.map(({ status }: { status: string }) => status));
    assert.deepEqual(statuses, new Set(['passed', 'failed']));
    const { audited } = summary.cascade;
    assert.equal(server.requests.length - 200, 200 - early.length + audited.trials);
    assert.ok(audited.trials > 0 && audited.trials < 30, `${audited.trials}`);
    assert.match(again.out, /audit: the judge agreed with \d+ of \d+ settled trials?/);
  });

  it('leave the gate undecided when one contradicts itself', async () => {
    const cases = dataset(30);
    const flipping = await start((at, asked) => (at + asked) % 2 === 0, cases);
    flipping.write('touchstone.yaml', config(flipping.server, 'repeat: 2'));
    const flipped = await touchstone(flipping.folder, 'eval', '--no-progress');
    assert.equal(flipped.code, 1);
    assert.match(
      flipped.out,
      /\? undecided judge_health\[rubric\]: the judge cannot be relied on \(test-retest: kappa -/,
    );
    const id = ({ out }: { out: string }) => /run (\d{8}-\S+?),/.exec(out)?.[1] ?? '';
    const later = await touchstone(flipping.folder, 'eval', '--no-progress');
    const sides = ['--baseline', id(flipped), '--candidate', id(later)];
    const compared = await touchstone(flipping.folder, 'compare', ...sides, '--gate');
    assert.match(compared.out, /\? undecided judge_health\[rubric\]: .*test-retest/);
    assert.equal(compared.code, 1);
    const steady = await start((at) => at % 2 === 0, cases);
    steady.write(
      'touchstone.yaml',
      config(steady.server, 'repeat: 2', 'gate: { min_pass_rate: 0, judge_health: required }'),
    );
    const held = await touchstone(steady.folder, 'eval', '--no-progress');
    assert.equal(held.code, 1, held.out);
    // It repeats itself, but nobody has said that it is right.
    assert.match(
      held.out,
      /\? undecided judge_health\[rubric\]: too little is known of the judge: .*labels: 0 of its judgements have a label/,
    );
  });

  it('are held to the labels of people, which correct the pass rate', async () => {
    let text = dataset(60);
    const { server, folder, write } = await start(() => true, text);
    write('touchstone.yaml', config(server, 'cascade: { mode: full }'));
    await touchstone(folder, 'eval', '--no-progress');
    for (let at = 0; at < 30; at += 1) {
      const label = { pass: at % 2 === 0, note: '' };
      ({ text } = await labelOutput({ path: 'x.golden.yaml', text }, `c${at}`, inputOf(at), label));
    }
    write('x.golden.yaml', text);
    const study = await touchstone(folder, 'evaluators');
    assert.match(
      study.out,
      /✗ labels: kappa 0\.00 \(95 % interval .*\) with 30 labels, .* passes 100\.0 % \(78\.2 to 100\.0 %\) of what people fail/,
    );
    assert.match(
      study.out,
      /pass rate: 100\.0 % as judged, 50\.0 % corrected with the labels \(95 % interval 3\d\.\d % to 6\d\.\d %\)/,
    );
    const json = JSON.parse((await touchstone(folder, 'evaluators', '--json')).out);
    assert.equal(json.agreements[0].labelled, 30);
    // Labels of the very same outputs hold in the next run, and its gate knows them.
    const next = await touchstone(folder, 'eval', '--no-progress');
    assert.match(next.out, /\? undecided judge_health\[rubric\]: .*labels: kappa 0\.00 /);
    assert.equal(next.code, 1);
  });

  it('are watched beside the one that counts, which keeps its verdict', async () => {
    const { server, folder, write } = await start(
      (_at, _asked, question) => question.includes('colours'),
      dataset(20),
    );
    const both = config(server, 'cascade: { mode: full }', 'gate: { min_pass_rate: 1 }').replace(
      /( +)- rubric: .*/,
      (line, indent) =>
        `${line}\n${indent}- rubric: { criteria: names the shades, model: local/judge, name: second, weight: 0 }`,
    );
    write('touchstone.yaml', both);
    const run = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(server.requests.length, 40);
    const json = JSON.parse((await touchstone(folder, 'evaluators', '--json')).out);
    const pair = json.agreements.find(({ first, second }: { first: string; second: string }) =>
      [first, second].every((name) => name === 'rubric' || name === 'second'),
    );
    assert.deepEqual([pair.outputs, pair.samePass], [20, 0]);
    assert.equal(run.code, 0, run.out);
    assert.deepEqual(
      json.judges.map(({ judge }: { judge: string }) => judge),
      ['rubric'],
    );
  });
});
