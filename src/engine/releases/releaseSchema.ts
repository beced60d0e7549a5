import { z } from 'zod';
import { defined } from '../model/defined.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ModelParameters, ResponseFormat } from '../model/message.ts';
import { writeParameters } from '../models/wire/writeRequest.ts';
import {
  digestsOf,
  type Release,
  type ReleaseApproval,
  type ReleaseDigests,
  type ReleasePrompt,
} from './release.ts';

const FORMATS = [
  'prompty',
  'dotprompt',
  'github-prompt',
  'copilot-prompt',
  'skill',
  'agent',
  'instructions',
  'text',
  'chat-json',
] as const;

const json: z.ZodType<JsonValue> = z.json();
const jsonObject = z.record(z.string(), json);

const part = z.union([
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('image'), url: z.string() }),
]);

const beside = z.strictObject({
  name: z.string().optional(),
  toolCalls: z
    .array(z.strictObject({ id: z.string().optional(), name: z.string(), arguments: json }))
    .optional(),
  toolCallId: z.string().optional(),
  before: z.array(part).optional(),
  after: z.array(part).optional(),
});

const parameters = z.strictObject({
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  max_tokens: z.number().optional(),
  seed: z.number().optional(),
  stop: z.array(z.string()).optional(),
  frequency_penalty: z.number().optional(),
  presence_penalty: z.number().optional(),
  reasoning_effort: z.string().optional(),
  extra: jsonObject.optional(),
});

const responseFormat = z.union([
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: z.string(),
    schema: jsonObject,
    strict: z.boolean().optional(),
  }),
]);

const prompt = z.strictObject({
  path: z.string(),
  hash: z.string(),
  format: z.enum(FORMATS),
  syntax: z.enum(['jinja', 'handlebars', 'input', 'none']),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        template: z.string(),
        beside: beside.optional(),
      }),
    )
    .min(1),
  inputs: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string().optional(),
      required: z.boolean(),
      default: json.optional(),
    }),
  ),
  includes: z.record(z.string(), z.string()).optional(),
});

const approvedBy = z.strictObject({
  run: z.string(),
  kind: z.enum(['run', 'comparison']).exactOptional(),
  gate: z.enum(['passed', 'failed', 'undecided', 'none']).exactOptional(),
  override: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  clauses: z
    .array(
      z.strictObject({
        name: z.string(),
        status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
        reason: z.string(),
      }),
    )
    .exactOptional(),
  evaluators: z.array(z.string()).exactOptional(),
  served_models: z.array(z.string()).exactOptional(),
});

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const releaseSchema = z.strictObject({
  // 1.0.0 holds of what approved it the run alone.
  schema_version: z.enum(['1.0.0', '1.1.0']),
  name: z.string(),
  created: z.string(),
  description: z.string().optional(),
  model: z.string().regex(/^[^/]+\/.+$/s),
  prompt,
  parameters,
  tools: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string().optional(),
      parameters: jsonObject.optional(),
      strict: z.boolean().optional(),
    }),
  ),
  response_format: responseFormat.optional(),
  dataset: z.strictObject({ path: z.string(), version: z.string() }).optional(),
  approved_by: approvedBy.optional(),
  digest: z.strictObject({
    content: digest,
    prompt: digest,
    model: digest,
    parameters: digest,
    tools: digest,
    response_format: digest,
    origin: digest,
  }),
});

export type ReleaseFile = z.output<typeof releaseSchema>;

const PREFIX = 'sha256:';

export function fromFile(file: ReleaseFile): { release: Release; digests: ReleaseDigests } {
  const digests = Object.fromEntries(
    Object.entries(file.digest).map(([name, text]) => [name, text.slice(PREFIX.length)]),
  ) as ReleaseDigests;
  const { name, created, description, model, dataset } = file;
  const release: Release = {
    ...{ name, created, model },
    ...defined({ description }),
    // Zod says of what may be absent that it may be undefined, too; JSON and YAML have no such value.
    prompt: file.prompt as ReleasePrompt,
    parameters: fromParameters(file.parameters),
    tools: file.tools as Release['tools'],
    ...defined({
      responseFormat: file.response_format as ResponseFormat | undefined,
      dataset,
      approvedBy: file.approved_by && fromApproval(file.approved_by),
    }),
    digest: digests.content,
  };
  return { release, digests };
}

export function toFile(release: Release): JsonObject {
  const { prompt: from, responseFormat: format } = release;
  const digests = Object.entries(digestsOf(release)).map(([name, text]) => [name, PREFIX + text]);
  const { extra } = release.parameters;
  const file = {
    schema_version: release.approvedBy?.gate === undefined ? '1.0.0' : '1.1.0',
    name: release.name,
    created: release.created,
    description: release.description,
    model: release.model,
    prompt: { ...from, inputs: from.inputs.map(({ location: _location, ...input }) => input) },
    parameters: { ...writeParameters(release.parameters, 'max_tokens'), ...defined({ extra }) },
    tools: release.tools,
    response_format: format,
    dataset: release.dataset,
    approved_by: release.approvedBy && toApproval(release.approvedBy),
    digest: Object.fromEntries(digests),
  };
  // Plain data, without what is undefined.
  return JSON.parse(JSON.stringify(file)) as JsonObject;
}

function fromApproval({ served_models, ...file }: z.output<typeof approvedBy>): ReleaseApproval {
  return { ...file, ...defined({ servedModels: served_models }) };
}

function toApproval({ servedModels, ...approval }: ReleaseApproval): object {
  return { ...approval, served_models: servedModels };
}

function fromParameters(file: z.output<typeof parameters>): ModelParameters {
  return defined({
    temperature: file.temperature,
    topP: file.top_p,
    maxTokens: file.max_tokens,
    seed: file.seed,
    stop: file.stop,
    frequencyPenalty: file.frequency_penalty,
    presencePenalty: file.presence_penalty,
    reasoningEffort: file.reasoning_effort,
    extra: file.extra,
  });
}
