import type { EvaluationInput, EvaluatorDeps } from '../../../../src/engine/evaluators/evaluator.ts';
import { judgeDefinitions } from '../../../../src/engine/evaluators/judge/judgeDefinitions.ts';
import { checkOptions } from '../../../../src/engine/evaluators/options/optionCheck.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { EvaluatorSpec, Score } from '../../../../src/engine/model/evaluation.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { SourceLocation } from '../../../../src/engine/model/location.ts';
import type { ToolCall } from '../../../../src/engine/model/message.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import { createModelCatalog } from '../../../../src/engine/models/catalog.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../../src/engine/ports.ts';
import {
  type ChatRequestBody,
  type OpenAiServer,
  type RecordedRequest,
  type Script,
  startOpenAiServer,
} from '../../../support/openaiServer.ts';
import { countingRandom, manualClock } from '../../models/manualClock.ts';

export interface Bench {
  readonly server: OpenAiServer;
  /** Creates an evaluator once; call the result as often as there are outputs to judge. */
  judge(
    type: string,
    options: JsonObject,
    deps?: Partial<EvaluatorDeps>,
    location?: SourceLocation,
  ): (input: Judged) => Promise<Score>;
  /** What evaluators are handed. */
  readonly deps: EvaluatorDeps;
  /** The chat of the n-th request, as one text. */
  sent(index: number): string;
  close(): Promise<void>;
}

export interface Judged {
  text?: string;
  toolCalls?: ToolCall[];
  /** What else the output holds. */
  output?: Partial<EvaluationInput['output']>;
  case?: Partial<GoldenCase>;
  /** The case has no input of its own. */
  bare?: true;
  /** The target that gave the output; set together with `others`. */
  target?: string;
  others?: { target: string; text: string }[];
  trial?: number;
  signal?: AbortSignal;
}

/** Judges with the real client against a scripted server; input and output tokens cost 1 dollar a million each. */
export async function startBench(
  script: Script[] | ((request: RecordedRequest, index: number) => Script),
  embed?: (request: RecordedRequest) => Script | undefined,
): Promise<Bench> {
  const server = await startOpenAiServer(script, embed);
  const clock = manualClock(30_000);
  const random = countingRandom();
  const models = createModelCatalog(
    {
      local: {
        baseUrl: server.baseUrl,
        prices: { judge: { input: 1, output: 1 }, small: { input: 1, output: 0 } },
      },
    },
    { environment: fixedEnvironment({}), clock, random, log: noLog },
  );
  const deps: EvaluatorDeps = {
    models,
    judgeModel: 'local/judge',
    embeddings: models,
    embeddingsModel: 'local/small',
    patterns: { compile: () => never(), close: async () => {} },
    scripts: undefined,
    random,
    readFile: () => never(),
  };
  return {
    server,
    deps,
    judge: (type, options, more, location) => {
      const definition = judgeDefinitions.find((one) => one.type === type) ?? never();
      const spec: EvaluatorSpec = {
        type,
        name: type,
        negated: false,
        options,
        weight: 1,
        ...(location && { location }),
      };
      const evaluate = definition.create(spec, checkOptions(spec, definition), { ...deps, ...more });
      return async (input) =>
        evaluate(inputOf(input), {
          signal: input.signal ?? new AbortController().signal,
          span: noSpan,
          ...(input.trial === undefined ? {} : { trial: input.trial }),
        });
    },
    sent: (index) => chatText(server.requests[index]?.body),
    close: () => server.close(),
  };
}

/** A scripted reply that holds the verdict as JSON. */
export function verdict(answer: JsonObject): Script {
  return { text: JSON.stringify(answer), usage: { input: 100, output: 20 } };
}

function inputOf(input: Judged): EvaluationInput {
  const output = (text: string) => ({ ...emptyOutput(), status: 'complete' as const, text });
  return {
    case: { id: 'c1', ...(input.bare ? {} : { input: 'What does it cost?' }), ...input.case },
    output: {
      ...output(input.text ?? 'It costs 5 euros.'),
      toolCalls: input.toolCalls ?? [],
      ...input.output,
    },
    ...(input.target === undefined ? {} : { target: input.target }),
    ...(input.others
      ? { others: input.others.map(({ target, text }) => ({ target, output: output(text) })) }
      : {}),
  };
}

function chatText(body: ChatRequestBody | undefined): string {
  return (body?.messages ?? []).map(({ role, content }) => `[${role}]\n${content}`).join('\n');
}

function never(): never {
  throw new Error('this is not used here');
}
