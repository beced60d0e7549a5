import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { emptyOutput, type Output, type RawAnswer } from '../../model/output.ts';
import type { Clock } from '../../ports.ts';
import { NunjucksError } from '../../prompts/nunjucks/renderNunjucks.ts';
import { mentions } from '../../prompts/template/mentions.ts';
import { errorOutput } from '../../targets/agentReply.ts';
import { type EarlierOutputs, missingOutput } from '../../targets/earlierOutputs.ts';
import type { Target, TargetContext, TargetKind, TargetRequest } from '../../targets/target.ts';
import type { RunScript } from '../../targets/targetPorts.ts';
import type { PromptProgram } from '../prompts/promptProgram.ts';
import { renderPromptText } from '../prompts/promptText.ts';
import { withTurn } from './conversationTurn.ts';

/** What a provider of promptfoo's does with a prompt. */
export interface PromptfooCaller {
  kind: TargetKind;
  lane: string;
  /** Everything that decides what it answers. */
  identity: JsonValue;
  /** What it takes from outside, as Target has it. */
  environment?: { [name: string]: string };
  call(prompt: string, vars: JsonObject, request: TargetRequest, context: TargetContext): Promise<Output>;
  /** Ends what was kept for the next call. */
  close?(): void;
}

export interface PromptfooTargetOptions {
  name: string;
  /** `shown` is what messages call it. */
  prompt: { raw: string; label: string; shown: string; unsupported?: string };
  /** Writes the prompt in place of `prompt.raw`. */
  program?: PromptProgram;
  caller: PromptfooCaller;
  /** What scripts are told of the provider. */
  provider: JsonObject;
  /** JavaScript that changes every output, as an expression. */
  transform?: string;
  /** Pause after each call in milliseconds. */
  delayMs: number;
  /** Tool definitions that the evaluators are told. */
  tools?: JsonValue;
  /** The same for `functions`. */
  functions?: JsonValue;
}

interface PromptfooTargetPorts {
  clock: Clock;
  /** Undefined when scripts are not trusted: an output that needs one is then an error. */
  runScript: RunScript | undefined;
}

/** A prompt with a provider as promptfoo calls them: fills in the prompt, asks, and transforms the output. */
export function createPromptfooTarget(options: PromptfooTargetOptions, ports: PromptfooTargetPorts): Target {
  const { name, prompt, caller, delayMs } = options;

  async function call(request: TargetRequest, context: TargetContext): Promise<Output> {
    context.signal.throwIfAborted();
    const own = caseOptions(request.case['promptfoo']);
    const unsupported = prompt.unsupported ?? own.unsupported;
    if (unsupported !== undefined) return errorOutput('unsupported', unsupported, 0);
    const { earlier } = request;
    const vars = earlier?.variables ?? (isJsonObject(request.case.input) ? request.case.input : {});
    const missing = earlier && missingIn(`${own.prefix ?? ''}${prompt.raw}${own.suffix ?? ''}`, earlier);
    if (missing !== undefined) return errorOutput('earlier-case', missing, 0);
    const { prompt: sent, output } = await answer(own, vars, request, context);
    if (output.status !== 'complete') return output;
    const { tools, functions } = options;
    const told =
      tools === undefined && functions === undefined
        ? output
        : {
            ...output,
            metadata: {
              ...output.metadata,
              ...(tools === undefined ? {} : { tools }),
              ...(functions === undefined ? {} : { functions }),
            },
          };
    const final = await transformAll(told, own, sent, vars, context.signal);
    return earlier?.inConversation && sent !== undefined ? withTurn(final, sent, output) : final;
  }

  async function answer(
    own: CaseOptions,
    vars: JsonObject,
    request: TargetRequest,
    context: TargetContext,
  ): Promise<{ prompt?: string; output: Output }> {
    const { earlier } = request;
    const given = own.providerOutput;
    if (given !== undefined && own.keep === undefined && !earlier?.inConversation)
      return { output: givenOutput(given) };
    const written = await options.program?.write(vars, context);
    if (written && 'failed' in written) return { output: written.failed };
    // promptfoo puts nothing before or behind what a function writes.
    const template = written?.template ?? `${own.prefix ?? ''}${prompt.raw}${own.suffix ?? ''}`;
    const filled = fillPrompt(template, vars, earlier?.data);
    if ('failed' in filled) return { output: filled.failed };
    const { text } = filled;
    if (given !== undefined) return { prompt: text, output: givenOutput(given) };
    const output = await caller.call(text, vars, request, context);
    if (delayMs > 0) await ports.clock.sleep(delayMs, context.signal);
    return { prompt: text, output };
  }

  function fillPrompt(
    template: string,
    vars: JsonObject,
    data: ReadonlySet<string> | undefined,
  ): { text: string } | { failed: Output } {
    try {
      return { text: renderPromptText(template, vars, data) };
    } catch (error) {
      if (!(error instanceof NunjucksError)) throw error;
      return { failed: errorOutput('template', `the prompt “${prompt.shown}”: ${error.message}`, 0) };
    }
  }

  async function transformAll(
    told: Complete,
    own: CaseOptions,
    sent: string | undefined,
    vars: JsonObject,
    signal: AbortSignal,
  ): Promise<Output> {
    const given = await transform(told, options.transform, vars, signal);
    if (given.status !== 'complete') return given;
    const changed = await transform(given, own.transform, vars, signal);
    const raw = kept(own, sent, given, options.provider);
    return raw && changed.status === 'complete' ? { ...changed, raw } : changed;
  }

  async function transform(
    output: Complete,
    code: string | undefined,
    vars: JsonObject,
    signal: AbortSignal,
  ): Promise<Output> {
    if (code === undefined) return output;
    if (!ports.runScript) return untrusted(output);
    const scope = {
      output: output.json ?? output.text,
      context: { vars, prompt: { label: prompt.label, raw: prompt.raw }, metadata: output.metadata ?? {} },
    };
    try {
      const value = await ports.runScript(code, scope, { signal });
      if (value === null) return failed(output, 'the transform returned nothing');
      const { json: _json, ...rest } = output;
      return { ...rest, ...textOf(value) };
    } catch (error) {
      signal.throwIfAborted();
      return failed(output, error instanceof Error ? error.message : String(error));
    }
  }

  return {
    name,
    kind: caller.kind,
    lane: caller.lane,
    hash: contentHash({
      kind: 'promptfoo',
      prompt: prompt.raw,
      ...(options.program ? { program: options.program.identity } : {}),
      caller: caller.identity,
      transform: options.transform ?? null,
    }),
    environment: { ...caller.environment, ...options.program?.environment },
    ...(caller.kind === 'command' || options.program ? { readsFiles: true } : {}),
    call,
    close: async () => caller.close?.(),
  };
}

/** A text as it stands; anything else as data, whose text is its JSON. */
export function textOf(value: JsonValue): { text: string; json?: JsonValue } {
  return typeof value === 'string' ? { text: value } : { text: JSON.stringify(value), json: value };
}

type Complete = Extract<Output, { status: 'complete' }>;

function givenOutput(value: JsonValue): Complete {
  return { ...emptyOutput(), ...textOf(value), status: 'complete', costUsd: 0 };
}

/** What the case's assertions read beside the output. */
function kept(
  { keep = [] }: CaseOptions,
  prompt: string | undefined,
  given: Complete,
  provider: JsonObject,
): RawAnswer | undefined {
  if (keep.length === 0) return undefined;
  return {
    ...(keep.includes('prompt') && prompt !== undefined ? { prompt } : {}),
    ...(keep.includes('output') ? { output: given.json ?? given.text } : {}),
    ...(keep.includes('provider') ? { provider } : {}),
  };
}

function missingIn(template: string, { missing }: EarlierOutputs): string | undefined {
  const first = missing.find(({ name }) => mentions(template, name));
  return first && missingOutput(first);
}

interface CaseOptions {
  keep?: string[];
  prefix?: string;
  suffix?: string;
  transform?: string;
  providerOutput?: JsonValue;
  unsupported?: string;
}

function caseOptions(value: unknown): CaseOptions {
  return isJsonObject(value) ? (value as CaseOptions) : {};
}

function untrusted(output: Output): Output {
  return failed(
    output,
    'the transform is JavaScript, which is not trusted to run; read it, then use --trust',
  );
}

function failed({ latencyMs, usage, costUsd }: Output, reason: string): Output {
  return { ...errorOutput('transform', reason, latencyMs), usage, costUsd };
}
