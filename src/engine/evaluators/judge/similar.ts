import { z } from 'zod';
import type { Score } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Embedding } from '../../models/embeddings/embeddings.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { NO_REFERENCE, references, referenceValue } from '../lexical/referenceTexts.ts';
import { notApplicable, unmeasured } from '../score.ts';
import { EMBEDDING_TIMEOUT_MS, embedderOf } from './embedderOption.ts';
import { assertionAs } from './judgeOptions.ts';
import { spendingOf } from './spending.ts';
import { compareVectors, METRICS, type Metric } from './vectorMetric.ts';

const options = z.strictObject({
  value: referenceValue,
  threshold: z
    .number()
    .min(0)
    .default(0.75)
    .describe(
      'Minimum similarity for a pass (for euclidean: maximum distance). Default: 0.75, as in promptfoo.',
    ),
  model: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Embedding model, as provider/model, such as openai/text-embedding-3-small. Default: embeddings of the suite.',
    ),
});

/** Similarity of meaning by embeddings. It asks a model and costs money, so it runs with the judges. */
function similarBy(type: string, metric: Metric): EvaluatorDefinition<z.infer<typeof options>> {
  return {
    type,
    stage: 'judge',
    embeds: 'only',
    negates: true,
    summary: `The embeddings of the output and the reference text are close: ${metric.summary}.`,
    options,
    shorthand: 'value',
    fromAssertion: assertionAs('value'),
    create(spec, { value, threshold, model }, deps) {
      const embedder = embedderOf(model, 'model', spec, deps);
      return async (input, { trial: _, ...context }) => {
        const texts = references(value, input);
        if (texts.length === 0) return notApplicable(NO_REFERENCE);
        if ([input.output.text, ...texts].some((text) => text.trim() === '')) {
          return unmeasured('an empty string cannot be embedded');
        }

        const call = { ...context, timeoutMs: EMBEDDING_TIMEOUT_MS };
        const [output, ...expected] = await Promise.all(
          [input.output.text, ...texts].map((text) => embedder.embed(text, call)),
        );
        if (!output) return unmeasured('the embedding is missing');

        const judged = expected.map((reference) => judge(output, reference, metric, threshold, spec.negated));
        const spent = spendingOf([output, ...expected]);
        const broken = judged.find(({ status }) => status === 'error');
        if (broken) return { ...broken, ...spent };

        const detail: JsonObject = { model: `${embedder.provider}/${embedder.model}`, metric: metric.name };
        const chosen = choose(judged, spec.negated);

        return chosen.status === 'scored' ? { ...chosen, detail, ...spent } : chosen;
      };
    },
  };
}

/** In the order in which they are listed to people; `similar` is the cosine. */
export const similarDefinitions: readonly EvaluatorDefinition[] = [
  similarBy('similar', METRICS.cosine),
  similarBy('similar:cosine', METRICS.cosine),
  similarBy('similar:dot', METRICS.dot),
  similarBy('similar:euclidean', METRICS.euclidean),
];

/** Turned round, an output passes when it is not closer than the threshold. */
function judge(
  { vector: a }: Embedding,
  { vector: b }: Embedding,
  metric: Metric,
  threshold: number,
  negated: boolean,
): Score {
  const compared = compareVectors(metric, a, b);
  if ('problem' in compared) return unmeasured(compared.problem);

  const { measured } = compared;
  const close = metric.isClose(measured, threshold);
  const near = Math.min(1, Math.max(0, metric.score(measured)));

  return {
    status: 'scored',
    score: negated ? 1 - near : near,
    pass: close !== negated,
    reason: `${metric.noun} ${measured.toFixed(3)}, ${metric.limit} ${threshold}${negated ? ' counts as too close' : ''}`,
  };
}

/** The best reference counts; turned round, the closest one, which is the worst. */
function choose(judged: readonly Score[], negated: boolean): Score {
  const scored = judged.flatMap((score) => (score.status === 'scored' ? [score] : []));
  const [best] = scored.sort((a, b) => (negated ? a.score - b.score : b.score - a.score));
  return best ?? unmeasured('there is nothing to compare with');
}
