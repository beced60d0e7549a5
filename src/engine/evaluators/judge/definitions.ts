import type { EvaluatorDefinition } from '../evaluator.ts';
import { choiceJudge } from './choiceJudge.ts';
import { closedQa } from './closedQa.ts';
import { factuality } from './factuality.ts';
import { gEval } from './gEval.ts';
import { pairwise } from './pairwise.ts';
import { rubric } from './rubric.ts';
import { selectBest } from './selectBest.ts';
import { similarDefinitions } from './similar.ts';

/** The evaluators that ask a model, in the order in which they are listed to people. */
export const judgeDefinitions: readonly EvaluatorDefinition[] = [
  rubric,
  closedQa,
  factuality,
  gEval,
  pairwise,
  selectBest,
  choiceJudge,
  ...similarDefinitions,
];
