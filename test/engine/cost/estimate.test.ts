import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CallHistory } from '../../../src/engine/cost/callHistory.ts';
import { type EstimatedRun, estimateRun } from '../../../src/engine/cost/estimate.ts';
import type { AskedModel } from '../../../src/engine/cost/targetEstimate.ts';
import type { GoldenCase, LocatedCase } from '../../../src/engine/model/case.ts';
import type { Evaluation } from '../../../src/engine/model/evaluation.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { parsePrompt } from '../../../src/engine/prompts/parsePrompt.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { renderCase } from '../../../src/engine/targets/prompt/promptCase.ts';
import { complete, located, plan, trialResult } from '../../support/runFixtures.ts';

const { signal } = new AbortController();

const PROMPT = parsePrompt(
  {
    path: 'answer.prompty',
    text: '---\nname: answer\nmodel: { api: chat, id: gpt-4o }\n---\nsystem:\nBe brief.\n\nuser:\n{{question}}\n',
  },
  { root: '.', environment: fixedEnvironment({}) },
);

function asked(more: Partial<AskedModel> = {}): AskedModel {
  return {
    reference: 'openai/gpt-4o',
    model: 'gpt-4o',
    maxTokens: undefined,
    request: (entry) => renderCase(PROMPT, entry),
    price: { input: 1_000_000, output: 2_000_000 },
    ...more,
  };
}

async function* all(entries: readonly LocatedCase[]): AsyncIterableIterator<LocatedCase> {
  yield* entries;
}

function run(cases: GoldenCase[], more: Partial<EstimatedRun> = {}): EstimatedRun {
  return {
    targets: [{ name: 'a', free: false, lane: 'openai', concurrency: 2, asked: asked() }],
    cases: all(located(cases)),
    caseCount: cases.length,
    repeat: 1,
    cascades: true,
    judgesFor: () => [],
    history: new CallHistory(),
    ...more,
  };
}

const CASES = Array.from({ length: 10 }, (_, index) => ({ id: `${index}`, input: { question: 'Why?' } }));
/** Two messages of 3 marks, a role and 3 and 2 tokens of text, and 3 for the reply. */
const REQUEST_TOKENS = 2 * 4 + 3 + 2 + 3;

function history(results: TrialResult[]): CallHistory {
  const store = new RunStore(':memory:');
  store.createRun({
    id: 'run-1',
    plan: plan({ cases: results.length }),
    createdAt: 1,
    traceId: '0'.repeat(32),
  });
  store.append('run-1', { results, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
  const read = CallHistory.read(store, 'fixture');
  store.close();
  return read;
}

function past(count: number, outputTokens: number, evaluations: Evaluation[] = []): TrialResult[] {
  return Array.from({ length: count }, (_, caseIndex) =>
    trialResult({
      caseIndex,
      evaluations,
      output: complete('text', {
        usage: { inputTokens: 16, outputTokens },
        latencyMs: 100,
        model: 'gpt-4o-2024-08-06',
        costUsd: 0.5,
      }),
    }),
  );
}

describe('the estimate of a run', function () {
  this.timeout(20_000);

  it('counts every request exactly and multiplies by the trials', async () => {
    const { targets, trials } = await estimateRun(run(CASES, { repeat: 3 }), signal);
    assert.equal(trials, 30);
    const tokens = 30 * REQUEST_TOKENS;
    assert.deepEqual(targets[0]?.inputTokens, { low: tokens, likely: tokens, high: tokens });
  });

  it('takes a wide default without a past, and says so', async () => {
    const { targets, costUsd, notes } = await estimateRun(run(CASES), signal);
    assert.equal(targets[0]?.history, 0);
    assert.ok((costUsd?.high ?? 0) > 10 * (costUsd?.low ?? 1));
    assert.match(notes.join('\n'), /no past run shows how long the answers of a are/);
  });

  it('takes lengths and times from the last runs at the same model', async () => {
    const { targets, costUsd, elapsedMs } = await estimateRun(
      run(CASES, { history: history(past(10, 20)) }),
      signal,
    );
    assert.equal(targets[0]?.history, 10);
    assert.deepEqual(targets[0]?.outputTokens, { low: 200, likely: 200, high: 200 });
    assert.equal(costUsd?.likely, 10 * REQUEST_TOKENS + 2 * 200);
    // Ten calls of 100 ms in two places.
    assert.deepEqual(elapsedMs, { low: 500, likely: 500, high: 500 });

    const other = asked({ model: 'gpt-4o-mini' });
    const targetsOfOther = [{ name: 'a', free: false, lane: 'openai', concurrency: 2, asked: other }];
    const changed = await estimateRun(
      run(CASES, { history: history(past(10, 20)), targets: targetsOfOther }),
      signal,
    );
    assert.equal(changed.targets[0]?.history, 0);
  });

  it('does not go beyond the limit of output tokens that the target sets', async () => {
    const targets = [
      {
        name: 'a',
        free: false,
        lane: 'x',
        concurrency: 1,
        asked: asked({ maxTokens: 30 }),
      },
    ];
    const estimate = await estimateRun(run(CASES, { targets }), signal);
    assert.equal(estimate.targets[0]?.outputTokens?.high, 300);
  });

  it('is unknown as a whole when a part of it is', async () => {
    const targets = [
      { name: 'a', free: false, lane: 'x', concurrency: 1, asked: asked({ price: undefined }) },
      { name: 'echo', free: true, lane: 'y', concurrency: 1 },
    ];
    const estimate = await estimateRun(run(CASES, { targets }), signal);
    assert.equal(estimate.costUsd, null);
    assert.equal(estimate.targets[0]?.costUsd, null);
    assert.equal(estimate.targets[1]?.costUsd?.high, 0);
    assert.match(estimate.notes.join('\n'), /the price of openai\/gpt-4o is unknown/);

    const agent = [{ name: 'agent', free: false, lane: 'z', concurrency: 1 }];
    const unknown = await estimateRun(run(CASES, { targets: agent }), signal);
    assert.equal(unknown.costUsd, null);
    assert.match(unknown.notes.join('\n'), /the cost of agent is unknown/);
  });

  it('knows what an agent costs from its past', async () => {
    const targets = [{ name: 'a', free: false, lane: 'z', concurrency: 1 }];
    const estimate = await estimateRun(run(CASES, { targets, history: history(past(10, 20)) }), signal);
    assert.deepEqual(estimate.costUsd, { low: 5, likely: 5, high: 5 });
  });

  it('reckons judges by how often the cascade let them run', async () => {
    const judge = { name: 'rubric', reference: 'openai/gpt-4o', price: { input: 1, output: 1 } };
    const judged: Evaluation = {
      status: 'scored',
      score: 1,
      pass: true,
      reason: '',
      name: 'rubric',
      type: 'rubric',
      stage: 'judge',
      weight: 1,
      latencyMs: 50,
      costUsd: 0.1,
    };
    const skipped = past(10, 20).map((result, index) => ({
      ...result,
      caseIndex: 10 + index,
      settlement: {
        stage: 'lexical' as const,
        early: true,
        reason: '',
        skipped: [{ name: 'rubric', stage: 'judge' as const }],
      },
    }));
    const results = [...past(10, 20, [judged]), ...skipped];
    const { judges } = await estimateRun(
      run(CASES, { judgesFor: () => [judge], history: history(results) }),
      signal,
    );
    assert.equal(judges[0]?.calls.likely, 5);
    assert.ok((judges[0]?.calls.low ?? 9) < 4 && (judges[0]?.calls.high ?? 0) > 6);
    assert.ok(Math.abs((judges[0]?.costUsd?.likely ?? 0) - 0.5) < 1e-9);

    const blind = await estimateRun(run(CASES, { judgesFor: () => [judge] }), signal);
    assert.deepEqual(blind.judges[0]?.calls, { low: 0, likely: 10, high: 10 });
    const always = await estimateRun(run(CASES, { judgesFor: () => [judge], cascades: false }), signal);
    assert.deepEqual(always.judges[0]?.calls, { low: 10, likely: 10, high: 10 });
    // One that asks three times about each output costs three times as much while nothing is known of it.
    const thrice = await estimateRun(run(CASES, { judgesFor: () => [{ ...judge, asks: 3 }] }), signal);
    const [one, three] = [blind.judges[0]?.costUsd?.likely, thrice.judges[0]?.costUsd?.likely];
    assert.ok(one && three && Math.abs(three / one - 3) < 1e-9, `${one} and ${three}`);
  });

  it('counts a sample of a large dataset and says so', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      id: `${index}`,
      input: { question: 'Why?' },
    }));
    const { targets, notes } = await estimateRun(run(many), signal);
    assert.equal(targets[0]?.inputTokens?.likely, 5000 * REQUEST_TOKENS);
    assert.match(notes.join('\n'), /1,000 of 5,000 cases were counted/);
  });

  it('leaves out cases that cannot be rendered, and says so', async () => {
    const cases = [...CASES, { id: 'bad', messages: [{ role: 'nobody', content: 'x' }] }];
    const { targets, notes } = await estimateRun(run(cases), signal);
    assert.equal(targets[0]?.calls, 10);
    assert.match(notes.join('\n'), /1 request cannot be made/);
  });

  it('sets the count of the input right by what the provider measured for the same prompt', async () => {
    // A gateway that adds 65 tokens of its own to each request.
    const measured = (extra: number) =>
      Array.from({ length: 10 }, (_, caseIndex) =>
        trialResult({
          caseIndex,
          output: complete('text', {
            model: 'gpt-4o',
            usage: { inputTokens: REQUEST_TOKENS + extra + (caseIndex % 2), outputTokens: 10 },
            costUsd: 1,
          }),
        }),
      ).map((result) => ({ ...result, caseId: `${result.caseIndex}` }));
    const target = { name: 'a', free: false, lane: 'openai', concurrency: 2, asked: asked() };
    const estimateWith = async (hash: string) => {
      const { targets } = await estimateRun(
        run(CASES, { history: history(measured(65)), targets: [{ ...target, hash }] }),
        signal,
      );
      assert.ok(targets[0]?.inputTokens);
      return targets[0].inputTokens;
    };
    const { low, likely, high } = await estimateWith('hash of a');
    assert.ok(Math.abs(likely - 10 * (REQUEST_TOKENS + 65.5)) < 1e-9);
    // t(0.975, 9) · s · √(10 + 100/10) with s = √(10 · 0.25 / 9): 2.262157 · 0.527046 · 4.472136.
    assert.ok(
      Math.abs(high - likely - 5.33192) < 1e-4 && Math.abs(likely - low - 5.33192) < 1e-4,
      `${high - likely}`,
    );
    const changed = await estimateWith('another prompt');
    assert.equal(changed.likely, 10 * REQUEST_TOKENS);
  });
});
