import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { unanswered } from '../askJudge.ts';
import { askForText, type TextProblem } from '../askText.ts';
import { meaningOf } from '../closingWords.ts';
import type { JudgeTemplate } from '../judgeMessages.ts';
import {
  assertionAs,
  judgeClient,
  modelOption,
  type RubricPrompt,
  rubricPromptOption,
} from '../judgeOptions.ts';
import { judged, noText, notAsked } from '../judgeScore.ts';
import { materialOf } from '../material.ts';
import { checkTexts } from '../placeholders.ts';
import { spendingOf } from '../spending.ts';
import { askedQuestion, queryOption } from './askedQuestion.ts';
import { faithfulVerdicts } from './faithfulVerdicts.ts';
import { retrievalThreshold } from './retrievalOptions.ts';
import { contextReader, contextShape } from './retrievedContext.ts';
import { linesOf, MAX_SENTENCES } from './sentences.ts';
import { inferenceTemplate, statementsTemplate } from './templates/contextFaithfulness.ts';

const options = z.strictObject({
  query: queryOption,
  ...contextShape,
  model: modelOption,
  threshold: retrievalThreshold.describe(
    'Minimum share of supported statements for a pass, 0–1. Default: 0.5.',
  ),
  rubricPrompt: z
    .strictObject({
      statements: rubricPromptOption.describe(
        'Your own request for statements, one per line; contains {{ question }} and {{ answer }}.',
      ),
      verdicts: rubricPromptOption.describe(
        'Your own request for a verdict on each; contains {{ context }} and {{ statements }}.',
      ),
    })
    .optional()
    .describe('Your own prompts instead of the built-in ones.'),
});

type Options = z.infer<typeof options>;

/** Faithfulness of Ragas as promptfoo measures it: the judge takes the answer apart, then holds each part to the context. */
export const contextFaithfulness: EvaluatorDefinition<Options> = {
  type: 'context-faithfulness',
  stage: 'judge',
  asks: 2,
  summary: "The share of the output's statements that are supported by the given context.",
  options,
  shorthand: 'context',
  fromAssertion: (parts) => {
    const { value: _value, rubricPrompt, ...rest } = parts;
    const own = assertionAs(undefined)(rest);
    if (rubricPrompt === undefined) return own;
    return {
      ...own,
      rubricPrompt: promptPair(assertionAs(undefined)({ rubricPrompt })['rubricPrompt']),
    };
  },
  create(spec, { query, context: given, contextTransform, model, threshold, rubricPrompt }, deps) {
    const client = judgeClient(model, spec, deps);
    checkTexts(spec, query, rubricPrompt?.statements, rubricPrompt?.verdicts);
    const readContext = contextReader(spec, { context: given, contextTransform }, deps);

    return async (input, context) => {
      const question = askedQuestion(spec.type, query, input);
      if ('missing' in question) return notAsked(question.missing);

      const found = await readContext(input, context);
      if ('missing' in found) return notAsked(found.missing);

      const answer = input.output.text;
      if (answer.trim() === '')
        return notAsked('the output is empty, so there is nothing to check against the context');

      const material = new Map([
        ...materialOf(input),
        ['question', question.text],
        ['query', question.text],
        ['answer', answer],
        ['context', found.text],
      ]);
      const ask = (
        template: JudgeTemplate,
        custom: RubricPrompt | undefined,
        read: (text: string) => object | TextProblem,
      ) => askForText(client, { template, custom, material, random: deps.random }, context, read);
      const first = await ask(statementsTemplate, rubricPrompt?.statements, readStatements);
      if ('missing' in first) return noText(first.missing);
      if (first.status === 'failed') return unanswered(first);

      const made = readStatements(first.answer);
      if ('problem' in made) return unanswered({ reason: made.problem, calls: first.calls });

      const { statements } = made;
      material.set('statements', statements.join('\n'));
      const read = (text: string) => faithfulVerdicts(text, statements.length);
      const second = await ask(inferenceTemplate, rubricPrompt?.verdicts, read);
      if ('missing' in second) return { ...noText(second.missing), ...spendingOf(first.calls) };

      const calls = [...first.calls, ...second.calls];
      if (second.status === 'failed') return unanswered({ reason: second.reason, calls });

      const verdicts = read(second.answer);
      if ('problem' in verdicts) return unanswered({ reason: verdicts.problem, calls });

      const { score, supported } = verdicts;
      const reason = `the context supports ${supported} of ${statements.length} statements`;
      const detail = { judge: `${client.provider}/${client.model}`, statements, verdicts: second.answer };

      return judged({ score, threshold, reason, detail }, calls);
    };
  },
};

function readStatements(text: string): { statements: string[] } | TextProblem {
  const statements = linesOf(text).filter(isStatement);
  if (statements.length === 0) {
    return { problem: 'the judge found no statement in the output', misformed: true };
  }
  return statements.length > MAX_SENTENCES
    ? { problem: 'the judge gave too many statements' }
    : { statements };
}

/** Headings and farewells state nothing. */
function isStatement(line: string): boolean {
  return !/[:：]\W*$/.test(line) && meaningOf(line) !== 'nothing';
}

/** promptfoo's list of two texts; its way of joining the statements is what is done here anyway. */
function promptPair(written: JsonValue | undefined): JsonValue {
  if (!Array.isArray(written)) return written ?? null;
  const pair: JsonObject = {};
  for (const [index, key] of ['statements', 'verdicts'].entries()) {
    const item = written[index];
    const text = isJsonObject(item) ? item['content'] : item;
    if (typeof text === 'string' && text !== '') pair[key] = text.replace(JOINED, '{{statements}}');
  }
  return pair;
}

const JOINED = /\{\{-?\s*statements\s*\|\s*join\b.*?\}\}/gs;
