import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse, stringify } from 'yaml';
import { evaluatorExamples } from '../../scripts/references/examples/evaluatorExamples.ts';
import type { EvaluatorExample, Output } from '../../scripts/references/examples/example.ts';
import { evaluatorTypes } from '../../src/engine/evaluators/registry.ts';
import { touchstone } from '../support/commandLine.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** A package that only a person's own workspace can have. */
const NEEDS_PACKAGE = new Set(['is-sql', 'contains-sql']);

describe('the examples of docs/evaluators.md', () => {
  it('are there for every evaluator, and for no other', () => {
    assert.deepEqual(Object.keys(evaluatorExamples).sort(), [...evaluatorTypes().keys()].sort());
  });

  for (const [type, example] of Object.entries(evaluatorExamples)) {
    for (const form of ['suite', 'assert'] as const) {
      it(`${type} passes and fails as shown, as written in the ${form === 'suite' ? 'suite' : 'case'}`, async function () {
        if (NEEDS_PACKAGE.has(type)) {
          const parsed = parse(example[form]);
          assert.equal(parsed.length, 1);
          return;
        }
        this.timeout(30_000);
        assert.deepEqual(await outcomes(example, form), { good: 'passed', bad: 'failed' });
      });
    }
  }
});

/** Runs the example over both of its outputs; each with its own case. */
async function outcomes(
  example: EvaluatorExample & { goodReplies?: readonly string[]; badReplies?: readonly string[] },
  form: 'suite' | 'assert',
): Promise<{ [id: string]: string }> {
  const replies = [...(example.goodReplies ?? []), ...(example.badReplies ?? [])];
  const server = await startOpenAiServer(
    replies.map((text) => ({ text })),
    ({ body }) => ({ raw: JSON.stringify(embedded(body)), contentType: 'application/json' }),
  );
  const folder = temporaryFolder(workspaceOf(example, form, server.baseUrl));

  try {
    const run = await touchstone(folder, 'eval', '--trust', '--no-progress', '-o', 'report.json');
    assert.ok(run.code === 0 || run.code === 1, run.err);
    const { runs } = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'));
    const own = runs[0].results.filter(({ target }: { target: string }) => target === 'main');
    return Object.fromEntries(
      own.map((one: { case_id: string; status: string }) => [one.case_id, one.status]),
    );
  } finally {
    await server.close();
  }
}

function workspaceOf(example: EvaluatorExample, form: 'suite' | 'assert', baseUrl: string) {
  const given = example.given === undefined ? {} : parse(example.given);
  const cases = ['good', 'bad'].map((id) => ({
    id,
    ...(given.messages ? {} : { input: 'Can I return shoes?' }),
    ...given,
    ...(form === 'assert' ? { assert: parse(example.assert) } : {}),
  }));
  const others = example.other === undefined ? [] : [{ name: 'other', replay: 'other.jsonl' }];
  const suite = {
    dataset: 'cases.golden.yaml',
    targets: [{ name: 'main', replay: 'main.jsonl' }, ...others],
    judge: 'local/scripted-1',
    embeddings: 'local/embedder',
    max_concurrency: 1,
    ...(form === 'suite' ? { evaluators: parse(example.suite) } : {}),
  };
  return {
    'touchstone.yaml': stringify({ providers: { local: { base_url: baseUrl } }, suites: { example: suite } }),
    'cases.golden.yaml': stringify({ schema_version: '2.0.0', version: '1.0.0', test_cases: cases }),
    'main.jsonl': `${line('good', example.good)}\n${line('bad', example.bad)}\n`,
    'other.jsonl': ['good', 'bad'].map((id) => `${line(id, example.other ?? '')}\n`).join(''),
  };
}

function line(id: string, output: Output): string {
  return JSON.stringify({ case_id: id, ...(typeof output === 'string' ? { output } : output) });
}

/** Bags of words of length 1: texts with words in common are near each other. */
function embedded({ input, model }: { [key: string]: unknown }) {
  const texts = Array.isArray(input) ? input : [input];
  const data = texts.map((text, index) => {
    const counts = Array<number>(64).fill(0);
    for (const word of String(text).toLowerCase().match(/\w+/g) ?? []) {
      const at = [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 64, 7);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const length = Math.hypot(...counts) || 1;
    return { object: 'embedding', index, embedding: counts.map((count) => count / length) };
  });
  return { object: 'list', model, data, usage: { prompt_tokens: 1, total_tokens: 1 } };
}
