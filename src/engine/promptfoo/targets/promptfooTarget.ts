import { PromptError } from '../../errors.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { emptyOutput, type Output, type RawAnswer } from '../../model/output.ts';
import type { Clock } from '../../ports.ts';
import { NunjucksError } from '../../prompts/nunjucks/renderNunjucks.ts';
import { mentions } from '../../prompts/template/mentions.ts';
import type { TargetCapabilities } from '../../targets/capabilities.ts';
import { type CaseOptions, caseOptions } from '../../targets/caseOptions.ts';
import { type EarlierOutputs, missingOutput } from '../../targets/earlierOutputs.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { AskedCall, Target, TargetContext, TargetRequest } from '../../targets/target.ts';
import type { RunScript } from '../../targets/targetPorts.ts';
import type { PromptProgram } from '../prompts/promptProgram.ts';
import { renderPromptText } from '../prompts/promptText.ts';
import { textOf } from './answerText.ts';
import { answerTransform, type CompleteOutput } from './answerTransform.ts';
import { withTurn } from './conversationTurn.ts';
import type { PromptfooCaller } from './promptfooCaller.ts';

export interface PromptfooTargetOptions {
  name: string;
  /** `shown` is what messages call it. */
  prompt: { raw: string; label: string; shown: string; unsupported?: string };
  /** Writes the prompt in place of `prompt.raw`. */
  program?: PromptProgram;
  caller: PromptfooCaller;
  /** What the configuration alone tells. */
  described: TargetCapabilities;
  /** Its prompts may hold what earlier cases gave: what the model is asked is not known beforehand. */
  readsEarlier: boolean;
  /** What scripts are told of the provider. */
  provider: JsonObject;
  /** JavaScript that changes every output, as an expression. */
  transform?: string;
  /** Pause after each call in milliseconds. */
  delayMs: number;
  /** Tool definitions that the evaluators are told, under `tools` and `functions`. */
  toolMetadata?: JsonObject;
}

interface PromptfooTargetPorts {
  clock: Clock;
  /** Undefined when scripts are not trusted: an output that needs one is then an error. */
  runScript: RunScript | undefined;
}

/** One case as it is asked. */
interface Asked {
  own: CaseOptions;
  vars: JsonObject;
  request: TargetRequest;
  context: TargetContext;
}

/** A prompt with a provider as promptfoo calls them: fills in the prompt, asks, and transforms the output. */
export function createPromptfooTarget(options: PromptfooTargetOptions, ports: PromptfooTargetPorts): Target {
  const { name, prompt, program, caller, described } = options;
  const answer = answerer(options, ports.clock);
  const transform = transformer(options, ports.runScript);

  async function call(request: TargetRequest, context: TargetContext): Promise<Output> {
    context.signal.throwIfAborted();

    const own = caseOptions(request.case);
    const unsupported = prompt.unsupported ?? own.unsupported;
    if (unsupported !== undefined) return errorOutput('unsupported', unsupported, 0);

    const { earlier } = request;
    const missing = earlier && missingIn(templateOf(prompt, own), earlier);
    if (missing !== undefined) return errorOutput('earlier-case', missing, 0);

    const asked = { own, vars: earlier?.variables ?? variablesOf(request.case), request, context };
    const { prompt: sent, output } = await answer(asked);
    if (output.status !== 'complete') return output;

    const final = await transform(output, sent, asked);
    return earlier?.inConversation && sent !== undefined ? withTurn(final, sent, output) : final;
  }

  const asks = program || options.readsEarlier ? undefined : askedCall(prompt, caller);
  return {
    name,
    kind: caller.kind,
    capabilities: { ...described, model: caller.capabilities.model },
    lane: caller.lane,
    hash: contentHash({
      kind: 'promptfoo',
      prompt: prompt.raw,
      ...(program ? { program: program.identity } : {}),
      caller: caller.identity,
      transform: options.transform ?? null,
    }),
    environment: { ...caller.environment, ...program?.environment },
    ...defined({ asks }),
    call,
    close: async () => caller.close?.(),
  };
}

/** Fills in the prompt and asks; what was asked goes with the answer, where anything was. */
function answerer(
  { prompt, program, caller, delayMs }: PromptfooTargetOptions,
  clock: Clock,
): (asked: Asked) => Promise<{ prompt?: string; output: Output }> {
  return async ({ own, vars, request, context }) => {
    const { earlier } = request;
    const given = own.providerOutput;
    if (given !== undefined && own.keep === undefined && !earlier?.inConversation)
      return { output: givenOutput(given) };

    const written = await program?.write(vars, context);
    if (written && 'failed' in written) return { output: written.failed };

    // promptfoo puts nothing before or behind what a function writes.
    const template = written?.template ?? templateOf(prompt, own);
    const filled = fillPrompt(template, vars, earlier && new Set(earlier.data), prompt.shown);
    if ('failed' in filled) return { output: filled.failed };

    const { text } = filled;
    if (given !== undefined) return { prompt: text, output: givenOutput(given) };

    const output = await caller.call(text, vars, request, context);
    if (delayMs > 0) await clock.sleep(delayMs, context.signal);

    return { prompt: text, output };
  };
}

/** Changes the answer as the provider says, then as the case does, and keeps what assertions read beside it. */
function transformer(
  { prompt, provider, transform, toolMetadata }: PromptfooTargetOptions,
  runScript: RunScript | undefined,
): (output: CompleteOutput, sent: string | undefined, asked: Asked) => Promise<Output> {
  const change = answerTransform(prompt, runScript);

  return async (output, sent, { own, vars, context: { signal } }) => {
    const told = toolMetadata ? { ...output, metadata: { ...output.metadata, ...toolMetadata } } : output;
    const given = await change(told, transform, vars, signal);
    if (given.status !== 'complete') return given;

    const changed = await change(given, own.transform, vars, signal);
    const raw = kept(own, sent, given, provider);
    return raw && changed.status === 'complete' ? { ...changed, raw } : changed;
  };
}

/** What the model would be asked, as far as no earlier case and no function takes part in it. */
function askedCall(
  prompt: PromptfooTargetOptions['prompt'],
  { asks }: PromptfooCaller,
): AskedCall | undefined {
  if (!asks) return undefined;
  return {
    maxTokens: asks.maxTokens,
    request(entry) {
      const own = caseOptions(entry);
      const unsupported = prompt.unsupported ?? own.unsupported;
      if (unsupported !== undefined || own.providerOutput !== undefined)
        throw new PromptError(unsupported ?? `the case "${entry.id}" brings its output along`, {});
      return asks.request(renderPromptText(templateOf(prompt, own), variablesOf(entry)), entry.id);
    },
  };
}

function templateOf({ raw }: { raw: string }, { prefix = '', suffix = '' }: CaseOptions): string {
  return `${prefix}${raw}${suffix}`;
}

function variablesOf({ input }: GoldenCase): JsonObject {
  return isJsonObject(input) ? input : {};
}

function fillPrompt(
  template: string,
  vars: JsonObject,
  data: ReadonlySet<string> | undefined,
  shown: string,
): { text: string } | { failed: Output } {
  try {
    return { text: renderPromptText(template, vars, data) };
  } catch (error) {
    if (!(error instanceof NunjucksError)) throw error;
    return { failed: errorOutput('template', `the prompt '${shown}': ${error.message}`, 0) };
  }
}

function givenOutput(value: JsonValue): CompleteOutput {
  return { ...emptyOutput(), ...textOf(value), status: 'complete', costUsd: 0 };
}

/** What the case's assertions read beside the output. */
function kept(
  { keep = [] }: CaseOptions,
  prompt: string | undefined,
  given: CompleteOutput,
  provider: JsonObject,
): RawAnswer | undefined {
  if (keep.length === 0) return undefined;
  const raw: RawAnswer = {};
  if (keep.includes('prompt') && prompt !== undefined) raw.prompt = prompt;
  if (keep.includes('output')) raw.output = given.json ?? given.text;
  if (keep.includes('provider')) raw.provider = provider;
  return raw;
}

function missingIn(template: string, { missing }: EarlierOutputs): string | undefined {
  const first = missing.find(({ name }) => mentions(template, name));
  return first && missingOutput(first);
}
