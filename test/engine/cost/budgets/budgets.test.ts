import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BASE_BUDGET, decideBudget } from '../../../../src/engine/cost/budgets/budgetDecision.ts';
import { budgetsFor, settleBudgets } from '../../../../src/engine/cost/budgets/budgetLedger.ts';
import { planLoans } from '../../../../src/engine/cost/budgets/loans.ts';
import { TokenBudgets } from '../../../../src/engine/cost/budgets/tokenBudgets.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { allowanceMetadata } from '../../../../src/engine/targets/prompt/tokenAllowance.ts';
import { complete, located, plan, trialResult } from '../../../support/runFixtures.ts';

const START = { tokens: 1000, lowRuns: 0 };

/** Ten calls that used these tokens, in order. */
function used(...tokens: number[]): { used: number[]; cutOff: number } {
  return { used: tokens, cutOff: 0 };
}

describe('the decision on a budget', () => {
  it('raises it by 20 % when more than 90 % of it is used', () => {
    const decision = decideBudget('simple', START, used(...Array(10).fill(950)));
    assert.equal(decision.tokens, 1200);
    assert.equal(decision.change, 'raised');
    assert.match(
      decision.reason,
      /^raised from 1000 to 1200: the 90th percentile of use is 950 of 1000 tokens \(95 %\)$/,
    );
  });

  it('raises it when a call was cut off, however little the others used', () => {
    const decision = decideBudget('simple', START, { used: [10, 10, 10, 10, 1000], cutOff: 1 });
    assert.equal(decision.tokens, 1200);
    assert.match(decision.reason, /1 of 5 calls were cut off/);
  });

  it('lowers it by 20 % when less than half is used in two runs in a row, not after one', () => {
    const first = decideBudget('simple', START, used(...Array(10).fill(400)));
    assert.deepEqual([first.tokens, first.change, first.lowRuns], [1000, 'kept', 1]);
    const second = decideBudget('simple', first, used(...Array(10).fill(400)));
    assert.deepEqual([second.tokens, second.change, second.lowRuns], [800, 'lowered', 0]);
  });

  it('forgets a quiet run when the next one is not', () => {
    const first = decideBudget('simple', START, used(...Array(10).fill(400)));
    const second = decideBudget('simple', first, used(...Array(10).fill(700)));
    assert.deepEqual([second.tokens, second.change, second.lowRuns], [1000, 'kept', 0]);
  });

  it('keeps it between half and 90 %, and with too few calls', () => {
    assert.equal(decideBudget('simple', START, used(...Array(10).fill(899))).change, 'kept');
    assert.equal(decideBudget('simple', START, used(...Array(10).fill(500))).change, 'kept');
    assert.match(decideBudget('simple', START, used(999, 999)).reason, /too few/);
  });

  it('stays within a tenth and four times the base, and always says why', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('simple' as const, 'medium' as const, 'complex' as const),
        fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), cutOff: fc.nat(2) }), {
          maxLength: 40,
        }),
        (complexity, runs) => {
          let current = { tokens: BASE_BUDGET[complexity], lowRuns: 0 };
          for (const { share, cutOff } of runs) {
            const decision = decideBudget(complexity, current, {
              used: Array(8).fill(share * current.tokens),
              cutOff,
            });
            assert.ok(decision.tokens >= BASE_BUDGET[complexity] * 0.1);
            assert.ok(decision.tokens <= BASE_BUDGET[complexity] * 4);
            assert.equal(decision.change === 'kept', decision.tokens === current.tokens);
            assert.ok(decision.reason.length > 10);
            current = decision;
          }
        },
      ),
      { seed: 20261123 },
    );
  });
});

/** A result of a prompt target under a budget. */
function budgeted(
  caseIndex: number,
  outputTokens: number,
  options: { tokens?: number; borrowed?: number; cutOff?: boolean } = {},
): TrialResult {
  const { tokens = 1000, borrowed = 0, cutOff = false } = options;
  const finishReason = cutOff ? 'length' : 'stop';
  return trialResult({
    caseIndex,
    output: complete('text', {
      finishReason,
      usage: { inputTokens: 10, outputTokens },
      metadata: allowanceMetadata({ complexity: 'simple', tokens, borrowed }, finishReason),
    }),
  });
}

describe('loans', () => {
  it('are reckoned by the budgets of today', () => {
    const classes = { simple: 960, medium: 2880, complex: 8000 } as const;
    const call = (
      caseIndex: number,
      complexity: keyof typeof classes,
      outputTokens: number,
      cutOff = false,
    ) =>
      trialResult({
        caseIndex,
        output: complete('text', {
          usage: { inputTokens: 10, outputTokens },
          finishReason: cutOff ? 'length' : 'stop',
          metadata: allowanceMetadata(
            { complexity, tokens: classes[complexity], borrowed: 0 },
            cutOff ? 'length' : 'stop',
          ),
        }),
      });
    const results = [
      ...[0, 1, 2, 3, 4].map((index) => call(index, 'simple', 100)),
      call(5, 'simple', 960, true),
      ...[6, 7, 8, 9, 10, 11].map((index) => call(index, 'medium', 100)),
      ...[12, 13].map((index) => call(index, 'complex', 100)),
      call(14, 'complex', 8000, true),
    ];
    const today = { simple: 1150, medium: 2880, complex: 8000 };
    // A tenth of 6 × 1,150 + 6 × 2,880 + 3 × 8,000. The first wants 2 × 960 − 1,150; the last takes the rest.
    const loans = planLoans('a', results, today);
    assert.deepEqual([...loans.values()], [770, 4818 - 770]);
    const long = results.map((result, index) =>
      index === 5 ? { ...call(5, 'simple', 3000, true) } : result,
    );
    const borrowed = long.map((result, index) =>
      index === 5
        ? {
            ...result,
            output: complete('text', {
              usage: { inputTokens: 10, outputTokens: 1900 },
              finishReason: 'length',
              metadata: allowanceMetadata({ complexity: 'simple', tokens: 960, borrowed: 940 }, 'length'),
            }),
          }
        : result,
    );
    // Twice 1,900 is more than twice its budget: it is lent as much again.
    assert.equal(planLoans('a', borrowed, today).get('case-5'), 1150);
  });

  it('go to the cases that were cut off or came near their limit', () => {
    const results = [
      ...Array.from({ length: 18 }, (_, index) => budgeted(index, 100)),
      budgeted(18, 1000, { cutOff: true }),
      budgeted(19, 950),
    ];
    const loans = planLoans('a', results, BASE_BUDGET);
    assert.deepEqual(
      [...loans],
      [
        ['case-18', 1000],
        ['case-19', 45],
      ],
    );
    assert.deepEqual([...planLoans('other', results, BASE_BUDGET)], []);
  });

  it('go on while a case lives on its loan, so that it is not cut off again in every other run', () => {
    const quiet = Array.from({ length: 19 }, (_, index) => budgeted(index, 100));
    const results = [...quiet, budgeted(19, 1500, { borrowed: 1000 })];
    assert.deepEqual([...planLoans('a', results, BASE_BUDGET)], [['case-19', 650]]);
    const recovered = [...quiet, budgeted(19, 700, { borrowed: 1000 })];
    assert.deepEqual([...planLoans('a', recovered, BASE_BUDGET)], []);
  });

  it('count for every trial of a case', () => {
    const results = Array.from({ length: 10 }, (_, index) =>
      [0, 1, 2].map((trial) => ({ ...budgeted(index, 1000, { cutOff: index === 0 }), trial })),
    ).flat();
    // A tenth of thirty budgets is 3,000 tokens, which three trials of the first case use up.
    assert.deepEqual([...planLoans('a', results, BASE_BUDGET)], [['case-0', 1000]]);
  });

  it('never exceed the reserve, a tenth of all budgets, nor a budget', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ used: fc.nat(1000), cutOff: fc.boolean() }), { maxLength: 60 }),
        (calls) => {
          const results = calls.map((call, index) => budgeted(index, call.used, { cutOff: call.cutOff }));
          const loans = [...planLoans('a', results, BASE_BUDGET).values()];
          const lent = loans.reduce((sum, loan) => sum + loan, 0);
          assert.ok(lent <= calls.length * 100);
          assert.ok(loans.every((loan) => loan > 0 && loan <= 1000));
        },
      ),
      { seed: 20261123 },
    );
  });
});

describe('token budgets of runs', () => {
  function run(store: RunStore, id: string, createdAt: number, results: TrialResult[]): void {
    store.createRun({ id, plan: plan({ cases: results.length }), createdAt, traceId: '0'.repeat(32) });
    const cases = located(results.map(({ caseId }) => ({ id: caseId, input: 'x' })));
    store.append(id, { results, cases, spans: [], logs: [] }, { now: createdAt, elapsedMs: 1 });
  }

  it('begin with the base, adapt after each run, and a resumed run keeps its own', () => {
    const store = new RunStore(':memory:');
    run(
      store,
      'run-1',
      1000,
      Array.from({ length: 10 }, (_, index) => budgeted(index, 990, { cutOff: index === 0 })),
    );
    const first = store.getRun('run-1');
    assert.equal(budgetsFor(store, first).get('a')?.budgets.simple, 1000);
    const [record] = settleBudgets(store, first, 2000);
    assert.deepEqual([record?.before, record?.tokens, record?.calls], [1000, 1200, 10]);

    run(store, 'run-2', 3000, [budgeted(0, 1190, { tokens: 1200 })]);
    const second = store.getRun('run-2');
    const budgets = budgetsFor(store, second).get('a');
    assert.equal(budgets?.budgets.simple, 1200);
    assert.equal(budgets?.budgets.complex, 8000);
    // Twice the 1,000 that it had; what the others used, and a tenth more, is within the new budget.
    assert.deepEqual([...(budgets?.loans ?? [])], [['case-0', 800]]);

    // Resumed: what it had decided itself does not count, and it is decided anew.
    assert.equal(budgetsFor(store, first).get('a')?.budgets.simple, 1000);
    settleBudgets(store, first, 4000);
    assert.equal(store.budgets.ofRun('run-1').length, 1);
    assert.equal(store.budgets.ofSuite('fixture').length, 1);
    store.close();
  });

  it('give each case the budget of its class, inferred where it has none', () => {
    const budgets = new TokenBudgets();
    assert.deepEqual(budgets.allowance('a', { id: '1', input: 'short', complexity: 'complex' }), {
      complexity: 'complex',
      tokens: 8000,
      borrowed: 0,
    });
    assert.equal(budgets.allowance('a', { id: '2', input: 'short' }).tokens, 1000);
    const own = { simple: 500, medium: 3000, complex: 8000 };
    budgets.set(new Map([['a', { budgets: own, loans: new Map([['2', 70]]) }]]));
    assert.deepEqual(budgets.allowance('a', { id: '2', input: 'short' }), {
      complexity: 'simple',
      tokens: 500,
      borrowed: 70,
    });
    assert.equal(budgets.allowance('b', { id: '2', input: 'short' }).tokens, 1000);
  });
});
