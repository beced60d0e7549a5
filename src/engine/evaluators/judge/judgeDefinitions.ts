import type { EvaluatorDefinition } from '../evaluator.ts';
import { choiceJudge } from './choiceJudge.ts';
import { closedQa } from './closedQa.ts';
import { conversationRelevance } from './conversation/conversationRelevance.ts';
import { factuality } from './factuality.ts';
import { gEval } from './gEval.ts';
import { pairwise } from './pairwise.ts';
import { answerRelevance } from './retrieval/answerRelevance.ts';
import { contextFaithfulness } from './retrieval/contextFaithfulness.ts';
import { contextRecall } from './retrieval/contextRecall.ts';
import { contextRelevance } from './retrieval/contextRelevance.ts';
import { rubric } from './rubric.ts';
import { selectBest } from './selectBest.ts';
import { similarDefinitions } from './similar.ts';
import { goalSuccess } from './trajectory/goalSuccess.ts';

/** The evaluators that ask a model, in the order in which they are listed to people. */
export const judgeDefinitions: readonly EvaluatorDefinition[] = [
  rubric,
  closedQa,
  factuality,
  gEval,
  pairwise,
  selectBest,
  choiceJudge,
  contextFaithfulness,
  contextRecall,
  contextRelevance,
  answerRelevance,
  conversationRelevance,
  goalSuccess,
  ...similarDefinitions,
];
