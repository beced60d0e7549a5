import { ConfigError } from '../../../src/engine/errors.ts';
import type { Evaluator } from '../../../src/engine/evaluators/evaluator.ts';
import type { GoldenCase } from '../../../src/engine/model/case.ts';
import type { RunInputs } from '../../../src/engine/runs/execution/runInputs.ts';
import type { CaseOrder } from '../../../src/engine/runs/ordered/caseOrder.ts';
import { runInputs } from '../runExecution.ts';
import { complete } from '../runFixtures.ts';
import { scriptedTarget } from '../scriptedTarget.ts';

/** Every process that executes tickets of this run prepares the same inputs. */
export const TRIALS = 2;

/** Every third one is evaluated beside the outputs of the other targets. */
export const CASES: readonly GoldenCase[] = Array.from({ length: 9 }, (_, index) => ({
  id: `case-${index}`,
  input: { n: index },
  tags: [index % 3 === 2 ? 'compared' : 'free'],
}));

const namesCase: Evaluator = {
  spec: { type: 'equals', name: 'names case', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  evaluate: ({ case: entry, output }) => {
    const pass = output.text.includes(entry.id);
    return { status: 'scored', score: pass ? 1 : 0, pass, reason: output.text };
  },
};

const seesOthers: Evaluator = {
  spec: { type: 'others', name: 'sees others', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  compares: true,
  evaluate: ({ others = [] }) => {
    const reason = others.map(({ target, output }) => `${target}: ${output.text}`).join('; ');
    return { status: 'scored', score: 1, pass: others.length > 0, reason };
  },
};

/** The first target of each case is the best one. */
const ranksFirst: Evaluator = {
  spec: { type: 'best', name: 'best', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  compares: true,
  ranks: (field) =>
    new Map(
      field.map(({ target }, index) => [
        target,
        { status: 'scored', score: index === 0 ? 1 : 0, pass: index === 0, reason: `place ${index + 1}` },
      ]),
    ),
  evaluate: () => ({ status: 'skipped', reason: 'ranks' }),
};

/** What a target says: itself, its case and trial, and what earlier cases gave it. */
const says = (name: string) =>
  scriptedTarget(name, ({ case: { id }, trial, seed, earlier }) =>
    complete(`${name} ${id}/${trial} #${seed} ${earlier?.variables['last'] ?? ''}`.trim()),
  );

/** Targets `a` and `b` answer, `broken` is configured wrongly, and `slow` answers never. */
export function executedInputs(targets: readonly string[] = ['a', 'b']): RunInputs {
  const known = [
    says('a'),
    says('b'),
    scriptedTarget('broken', () => {
      throw new ConfigError('there is no such model', { remedy: 'Name another one.' });
    }),
    scriptedTarget(
      'slow',
      (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    ),
  ];
  const chosen = known.filter(({ name }) => targets.includes(name));
  const inputs = runInputs(chosen, CASES, { evaluators: [namesCase], repeat: TRIALS });
  return {
    ...inputs,
    evaluatorsFor: ({ case: { tags, promptfoo } }) =>
      tags?.includes('compared') && !promptfoo ? [namesCase, seesOthers, ranksFirst] : [namesCase],
  };
}

/** The same, in which each case is told what the one before gave, in one chain for each target and trial. */
export function orderedInputs(): RunInputs {
  const inputs = executedInputs();
  const order: CaseOrder = {
    env: {},
    stores: new Map([['last', CASES.map(({ id }, index) => ({ index, caseId: id }))]]),
  };
  const storing = CASES.map((entry) => ({ ...entry, promptfoo: { storeOutputAs: 'last' } }));
  const { source } = runInputs([], storing, { evaluators: [] });
  return { ...inputs, source, order };
}
