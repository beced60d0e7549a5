import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { ModelParameters } from '../../model/message.ts';
import type { ResponsePaths } from '../../targets/reply/foreignReply.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetDescription } from '../../targets/targetDescription.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import { BULKHEAD_NOTE } from '../config/bulkheadConfig.ts';
import type { FileReference } from '../config/fileReference.ts';
import { nameSchema } from '../config/name.ts';

interface TargetBase {
  /** Unique within its suite. */
  name: string;
  location: SourceLocation;
  /** Limit for one call; the suite's where absent. */
  timeoutMs?: number;
  /** Most calls of this target at the same time; only the suite's limit where absent. */
  maxConcurrency?: number;
  /** Bulkhead of its calls; `target` where absent. */
  bulkhead?: string;
}

/** How the reply of an agent is read: the reply document as JSON, or everything it wrote as the output text. */
type ReplyForm = 'json' | 'text';

/** One thing under test, as `touchstone.yaml` asks for it. Paths are resolved and inside the workspace. */
export type TargetConfig =
  | (TargetBase & {
      kind: 'prompt';
      prompt: FileReference;
      /** `provider/model`; the prompt's own where absent. */
      model?: string;
      /** Override the prompt's own. */
      parameters: ModelParameters;
    })
  | (TargetBase & {
      kind: 'http';
      url: string;
      method: 'POST' | 'PUT' | 'PATCH';
      /** May hold `${env:NAME}`. */
      headers: Record<string, string>;
      /** A JSON template with placeholders; the request document where absent. */
      body?: JsonValue;
      /** Where the output and what goes with it stand in the reply. */
      response?: ResponsePaths;
      reply: ReplyForm;
    })
  | (TargetBase & {
      kind: 'command';
      command: string[];
      /** The folder in which the command is started. */
      cwd: FileReference;
      /** May hold `${env:NAME}`, and placeholders. */
      env: Record<string, string>;
      response?: ResponsePaths;
      reply: ReplyForm;
    })
  | (TargetBase & {
      kind: 'replay';
      /** Outputs by case, one a line. */
      replay: FileReference;
    })
  | (TargetBase & {
      kind: 'echo';
      /** Returns this prompt, rendered; the case's input where absent. */
      prompt?: FileReference;
    })
  | (TargetBase & ForeignTarget);

/** A target of a configuration of another tool: its reader describes and creates it. */
export interface ForeignTarget {
  kind: 'foreign';
  described: TargetDescription;
  /** Throws ConfigError. */
  create(ports: TargetPorts): Target;
}

const parametersFile = z.strictObject({
  temperature: z.number().min(0).max(2).optional().describe('Sampling temperature, 0 to 2.'),
  top_p: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Nucleus sampling: share of the probability mass, 0 to 1.'),
  max_tokens: z.int().min(1).optional().describe('Maximum number of output tokens.'),
  seed: z
    .int()
    .optional()
    .describe('Seed, for providers that support one. Default: drawn from the seed of the suite.'),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('A string, or a list of strings, at which the model stops.'),
  frequency_penalty: z.number().min(-2).max(2).optional().describe('Penalty for repeated tokens, -2 to 2.'),
  presence_penalty: z
    .number()
    .min(-2)
    .max(2)
    .optional()
    .describe('Penalty for tokens that occurred before, -2 to 2.'),
  reasoning_effort: z
    .string()
    .min(1)
    .optional()
    .describe('Effort of a reasoning model, such as low, medium or high.'),
  extra: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Additional settings, sent to the provider unchanged.'),
});

const responsePath = z.string().min(1);

const responseFile = z
  .union([
    responsePath,
    z.strictObject({
      text: responsePath.describe('Path of the output.'),
      tool_calls: responsePath.optional().describe('Path of the list of tool calls.'),
      usage: responsePath.optional().describe('Path of the token counts.'),
      model: responsePath.optional().describe('Path of the model name.'),
      finish_reason: responsePath.optional().describe('Path of the finish reason.'),
      cost_usd: responsePath.optional().describe('Path of the cost in US dollars.'),
    }),
  ])
  .describe(
    'Path of the output in a JSON reply, such as choices.0.message.content or /data/answer; or { text, tool_calls, usage, model, finish_reason, cost_usd }, each such a path. Tool calls, usage and the like are also found by their usual names beside the output. Default: a reply document with output, tool_calls, steps and usage.',
  );

const httpFile = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' })
    .describe('URL of the agent.'),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST').describe('HTTP method.'),
  headers: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe('HTTP headers. "${env:NAME}" is replaced by that environment variable.'),
  body: z
    .unknown()
    .optional()
    .describe(
      'JSON to send, with placeholders such as "{{input}}". Default: a request document with input, messages, case_id, trial and seed.',
    ),
  response: responseFile.optional(),
});

/** What a target is; exactly one of them stands in a target. */
export const TARGET_KINDS = ['prompt', 'http', 'command', 'replay', 'echo'] as const;

export const targetFile = z
  .strictObject({
    name: nameSchema
      .optional()
      .describe('Name shown in results. Default: derived from the file, URL or command.'),
    prompt: z
      .string()
      .min(1)
      .optional()
      .describe('A prompt file, relative to this file; called with a model.'),
    http: z
      .union([httpFile.shape.url, httpFile])
      .optional()
      .describe('An agent behind a URL: the URL, or { url, method, headers, body, response }.'),
    command: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        'An agent as a program and its arguments, started once per call without a shell; it reads and writes JSON. Arguments can contain placeholders such as "{{input}}".',
      ),
    replay: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Outputs produced elsewhere: a JSONL file with case_id and output in each line. Calls nothing.',
      ),
    echo: z
      .union([z.literal(true), z.string().min(1)])
      .optional()
      .describe(
        'true: returns the input of the case. A prompt file: returns the rendered prompt. Calls nothing.',
      ),
    model: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Model of a prompt target, as provider/model, such as openai/gpt-5-mini. Default: the model that the prompt file names.',
      ),
    parameters: parametersFile
      .optional()
      .describe('Sampling settings of a prompt target; they override those of the prompt file.'),
    cwd: z
      .string()
      .min(1)
      .optional()
      .describe('Working directory of a command. Default: the folder of this file.'),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable'), z.string())
      .optional()
      .describe(
        'Environment variables of a command, in addition to the few that it always gets. "${env:NAME}" passes one on.',
      ),
    reply: z
      .enum(['json', 'text'])
      .optional()
      .describe(
        'How the reply of an http or command target is read: a JSON document, or plain text. Default: json.',
      ),
    response: responseFile.optional(),
    timeout_ms: z
      .int()
      .min(1)
      .optional()
      .describe('Time limit of one call in milliseconds. Default: timeout_ms of the suite.'),
    max_concurrency: z
      .int()
      .min(1)
      .optional()
      .describe('Maximum number of concurrent calls of this target. Default: max_concurrency of the suite.'),
    bulkhead: z.string().min(1).optional().describe(`${BULKHEAD_NOTE} Default: target.`),
  })
  .describe('One thing under test: exactly one of prompt, http, command, replay or echo.');

export type TargetFile = z.output<typeof targetFile>;

type HttpFile = z.output<typeof httpFile>;

/** The short form of `http`: an address, everything else by default. */
export function httpAt(url: string): HttpFile {
  return httpFile.parse({ url });
}

export function toHttp(
  file: HttpFile,
): Pick<Extract<TargetConfig, { kind: 'http' }>, 'url' | 'method' | 'headers' | 'body' | 'response'> {
  return {
    url: file.url,
    method: file.method,
    headers: file.headers,
    // It was read from YAML or JSON, so it is JSON.
    ...defined({
      body: file.body === undefined ? undefined : (file.body as JsonValue),
      response: file.response === undefined ? undefined : toResponse(file.response),
    }),
  };
}

/** A path alone is that of the text. */
export function toResponse(file: z.output<typeof responseFile>): ResponsePaths {
  return typeof file === 'string' ? { text: file } : file;
}

export function toParameters(file: z.output<typeof parametersFile> = {}): ModelParameters {
  return {
    ...defined({
      temperature: file.temperature,
      topP: file.top_p,
      maxTokens: file.max_tokens,
      seed: file.seed,
      stop: file.stop === undefined ? undefined : [file.stop].flat(),
      frequencyPenalty: file.frequency_penalty,
      presencePenalty: file.presence_penalty,
      reasoningEffort: file.reasoning_effort,
      extra: file.extra === undefined ? undefined : (file.extra as JsonObject),
    }),
  };
}
