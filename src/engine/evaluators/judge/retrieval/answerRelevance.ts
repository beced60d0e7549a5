import { z } from 'zod';
import type { Embedder, Embedding } from '../../../models/embeddings/embeddings.ts';
import { ModelError } from '../../../models/modelClient.ts';
import type { EvaluationContext, EvaluatorDefinition } from '../../evaluator.ts';
import { unanswered } from '../askJudge.ts';
import { askForText } from '../askText.ts';
import { EMBEDDING_TIMEOUT_MS, embedderOf } from '../embedderOption.ts';
import type { JudgeQuestion } from '../judgeMessages.ts';
import { assertionAs, judgeClient, modelOption, rubricPromptOption } from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts } from '../placeholders.ts';
import type { Paid } from '../spending.ts';
import { compareVectors, METRICS } from '../vectorMetric.ts';
import { askedQuestion, queryOption } from './askedQuestion.ts';
import { retrievalThreshold } from './retrievalOptions.ts';
import { answerRelevanceTemplate } from './templates/answerRelevance.ts';

const options = z.strictObject({
  query: queryOption,
  model: modelOption,
  embeddings: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Embedding model, as provider/model, such as openai/text-embedding-3-small. Default: embeddings of the suite.',
    ),
  threshold: retrievalThreshold.describe('Minimum mean similarity for a pass, 0–1. Default: 0.5.'),
  rubricPrompt: rubricPromptOption.describe(
    'Your own request for the question behind an answer; contains {{ answer }}.',
  ),
});

/** Questions that are generated for one answer, as in promptfoo. */
const QUESTIONS = 3;

/**
 * Answer relevance of Ragas as promptfoo measures it: from the answer alone the judge writes three questions, and
 * the score is their mean cosine similarity to the real one. A mean below 0 counts as 0.
 */
export const answerRelevance: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'answer-relevance',
  stage: 'judge',
  embeds: 'also',
  asks: QUESTIONS,
  summary: 'How similar the questions that the output would answer are to the question asked.',
  options,
  shorthand: 'query',
  fromAssertion: assertionAs(undefined),
  create(spec, { query, model, embeddings, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    const embedder = embedderOf(embeddings, 'embeddings', spec, deps);
    checkTexts(spec, query, rubricPrompt);

    return async (input, context) => {
      const question = askedQuestion(spec.type, query, input);
      const asked = 'missing' in question ? (input.output.raw?.prompt ?? '') : question.text;
      if (asked === '') return notAsked('missing' in question ? question.missing : 'the question is empty');

      const answer = input.output.text;
      if (answer.trim() === '') return notAsked('the output is empty: it answers no question');

      const material = new Map([...materialOf(input), ['answer', answer]]);
      const written: string[] = [];
      const calls: Paid[] = [];
      for (let number = 1; number <= QUESTIONS; number++) {
        const request: JudgeQuestion = {
          template: numbered(number),
          custom: rubricPrompt,
          material,
          random: deps.random,
        };
        const reply = await askForText(client, request, context);
        if ('missing' in reply) return noText(reply.missing);

        calls.push(...reply.calls);
        if (reply.status === 'failed') return unanswered({ reason: reply.reason, calls });

        written.push(reply.answer);
      }

      const compared = await similarities(asked, written, embedder, context);
      calls.push(...compared.calls);
      if ('problem' in compared) return unanswered({ reason: compared.problem, calls });

      const { questions } = compared;
      const mean = questions.reduce((sum, { similarity }) => sum + similarity, 0) / questions.length;
      const detail = {
        judge: `${client.provider}/${client.model}`,
        embeddings: `${embedder.provider}/${embedder.model}`,
        questions,
      };
      const reason = `the questions that the output answers have a mean similarity of ${mean.toFixed(2)} to the one asked`;
      const score = Math.min(1, Math.max(0, mean));

      return judged({ score, threshold, reason, detail }, calls);
    };
  },
};

/** Equal questions would have one recording between them, and mostly one answer. */
function numbered(number: number) {
  const { system, ...template } = answerRelevanceTemplate;
  return { ...template, system: `${system} You are asked ${QUESTIONS} times; this is time ${number}.` };
}

type Compared = ({ questions: { text: string; similarity: number }[] } | { problem: string }) & {
  calls: Paid[];
};

async function similarities(
  asked: string,
  written: readonly string[],
  embedder: Embedder,
  context: EvaluationContext,
): Promise<Compared> {
  const embedded = await embedAll(asked, written, embedder, context);
  if ('problem' in embedded) return embedded;

  const { real, others } = embedded;
  const calls = [real, ...others];
  const questions: { text: string; similarity: number }[] = [];
  for (const { text, vector } of others) {
    const compared = compareVectors(METRICS.cosine, real.vector, vector);
    if ('problem' in compared) return { problem: compared.problem, calls };
    questions.push({ text, similarity: compared.measured });
  }

  return { questions, calls };
}

type Embedded = Embedding & { text: string };

/** What the questions have cost is known even where the embeddings fail. */
async function embedAll(
  asked: string,
  written: readonly string[],
  embedder: Embedder,
  { trial: _, ...context }: EvaluationContext,
): Promise<{ real: Embedded; others: Embedded[] } | { problem: string; calls: Paid[] }> {
  const call = { ...context, timeoutMs: EMBEDDING_TIMEOUT_MS };
  try {
    const embed = async (text: string) => ({ text, ...(await embedder.embed(text, call)) });
    const [real, others] = await Promise.all([embed(asked), Promise.all(written.map(embed))]);
    return { real, others };
  } catch (error) {
    if (!(error instanceof ModelError) || error.code === 'not-recorded' || error.rejection) throw error;
    const calls = error.status === undefined ? [{ usage: null, costUsd: null }] : [];
    return { problem: `the embeddings could not be computed: ${error.message}`, calls };
  }
}
