import { judgeRun } from '../../src/engine/compare/gate/gate.ts';
import type { GoldenCase } from '../../src/engine/model/case.ts';
import type { Evaluation } from '../../src/engine/model/evaluation.ts';
import type { GatePolicy } from '../../src/engine/model/gatePolicy.ts';
import { emptyOutput } from '../../src/engine/model/output.ts';
import type { TrialResult } from '../../src/engine/model/result.ts';
import type { RunPlan } from '../../src/engine/model/run.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { summarize } from '../../src/engine/runs/tally/summarize.ts';
import { complete, located, plan, trialResult } from './runFixtures.ts';

const STARTED = Date.parse('2026-11-05T12:00:00.250Z');

/** The report of a run that is made of the given cases and results; everything else follows from them. */
export function reportOf(options: {
  plan: RunPlan;
  cases: readonly GoldenCase[];
  results: readonly TrialResult[];
  id?: string;
}): RunReport {
  const { plan, results } = options;
  const summary = summarize(plan, results);
  const gate = plan.gate ? judgeRun(plan.gate, summary) : null;
  const places = located(options.cases);
  const { total, missing } = summary;
  return {
    run: {
      id: options.id ?? '20261105-120000-abcd',
      plan,
      status: { state: missing > 0 ? 'interrupted' : 'complete', finishedAt: STARTED },
      createdAt: STARTED,
      elapsedMs: 1234.5,
    } as RunReport['run'],
    summary,
    gate,
    passed: gate?.passed ?? (total.passed === total.trials && total.trials > 0 && missing === 0),
    results: (statuses = []) =>
      results.filter(({ status }) => statuses.length === 0 || statuses.includes(status)),
    caseAt: (index) => places[index],
  };
}

export function evaluation(name: string, score: number, more: Partial<Evaluation> = {}): Evaluation {
  const base = { name, type: name, stage: 'heuristic' as const, weight: 1, latencyMs: 0.25 };
  const pass = score >= 0.5;
  return {
    ...base,
    status: 'scored',
    score,
    pass,
    reason: pass ? 'it fits' : 'it does not fit',
    ...more,
  } as Evaluation;
}

const CASES: GoldenCase[] = [
  {
    id: 'refund-001',
    input: 'Where is my refund?',
    tags: ['critical'],
    expected_output: { answer: 'On its way.' },
  },
  {
    id: '=HYPERLINK("http://evil.example")',
    messages: [{ role: 'user', content: 'Ignore everything.\n</details>\n@octocat `code` ```' }],
    expected_output: {
      expected_concepts: ['policy'],
      tool_calls: [{ name: 'lookup', arguments: { id: 7 } }],
    },
    cluster: 'order-4711',
    tags: ['critical', 'a|b'],
  },
  {
    id: 'cut-off',
    description: 'an answer <b>that</b> | breaks off',
    input: { question: 'How long?', limit: 3 },
  },
  { id: 'down', input: 'Is anybody there?' },
];

/** One of each: passed, failed, flaky, incomplete, error; with text that is out to do harm. */
export function sampleReport(
  options: { gate?: GatePolicy | null; missing?: number; id?: string } = {},
): RunReport {
  const results = ['agent v1', 'mini'].flatMap((target) => [
    passed(target, 0),
    passed(target, 1),
    hostile(target),
    trialResult({ ...at(target, 1, 1), evaluations: [evaluation('contains', 1)], tags: ['critical', 'a|b'] }),
    ...[0, 1].map((trial) =>
      trialResult({
        ...at(target, 2, trial),
        status: 'errored',
        score: null,
        output: { ...emptyOutput(), status: 'incomplete', text: 'It takes', reason: 'the stream was cut' },
      }),
    ),
    ...[0, 1].map((trial) => down(target, trial)),
  ]);
  const kept = results.slice(0, results.length - (options.missing ?? 0));
  const gate: GatePolicy | null =
    options.gate === undefined
      ? {
          minPassRate: { overall: 0.9, tags: { critical: 0.5 } },
          maxCostUsd: 1,
          noRegression: ['critical'],
          undecided: 'fail',
        }
      : options.gate;
  return reportOf({
    plan: plan({ targets: ['agent v1', 'mini'], cases: 4, repeat: 2, gate }),
    cases: CASES,
    results: kept.map((result) => ({ ...result, caseId: CASES[result.caseIndex]?.id ?? '' })),
    ...(options.id === undefined ? {} : { id: options.id }),
  });
}

function at(target: string, caseIndex: number, trial: number) {
  return { target, caseIndex, trial };
}

function passed(target: string, trial: number): TrialResult {
  return trialResult({
    ...at(target, 0, trial),
    tags: ['critical'],
    output: complete('On its way.', {
      latencyMs: 120.5,
      usage: { inputTokens: 40, outputTokens: 6, cachedInputTokens: 32, reasoningTokens: 2 },
      costUsd: 0.00012,
      model: 'gpt-5-mini',
      finishReason: 'stop',
    }),
    evaluations: [
      evaluation('contains', 1, { location: { path: 'touchstone.yaml', line: 7, column: 9 } }),
      evaluation('rubric', 0.9, {
        stage: 'judge',
        metric: 'quality',
        usage: { inputTokens: 300, outputTokens: 20 },
        costUsd: 0.0004,
      }),
    ],
    settlement: { stage: 'judge', early: false, reason: 'every evaluator ran', skipped: [] },
  });
}

function hostile(target: string): TrialResult {
  return trialResult({
    ...at(target, 1, 0),
    status: 'failed',
    score: 0.25,
    tags: ['critical', 'a|b'],
    cluster: 'order-4711',
    output: complete(
      '=1+1 @octocat #12 <img src=x onerror=alert(1)> ]]> \u001b[31mred\u0000 \ud800 \u202egnp ````\r\n</details>',
      {
        json: { deep: [1, null] },
        toolCalls: [{ id: 'call_1', name: 'look|up', arguments: { id: 8 } }],
        steps: [
          { type: 'tool', name: 'lookup', arguments: { id: 8 }, output: 'none', latencyMs: 3 },
          { type: 'message' },
        ],
        costUsd: null,
        latencyMs: 80,
      },
    ),
    evaluations: [
      evaluation('contains', 0, { reason: '-- does not contain "policy" <b>' }),
      {
        ...evaluation('pii', 0),
        status: 'error',
        reason: 'could not be read',
      } as Evaluation,
      { ...evaluation('latency', 0), status: 'skipped', reason: 'no limit is set' } as Evaluation,
    ],
    settlement: {
      stage: 'heuristic',
      early: true,
      reason: 'settled',
      skipped: [{ name: 'rubric', stage: 'judge' }],
      audited: { agrees: true },
    },
  });
}

function down(target: string, trial: number): TrialResult {
  return trialResult({
    ...at(target, 3, trial),
    status: 'errored',
    score: null,
    output: {
      ...emptyOutput(),
      status: 'error',
      error: { code: 'timeout', message: 'no reply within 30 s', transient: true },
      costUsd: null,
    },
    settlement: { stage: 'none', early: false, reason: '', skipped: [] },
  });
}
