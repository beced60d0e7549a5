import { defined } from '../model/defined.ts';
import type { GateClause } from '../model/gateReport.ts';
import { contentHash } from '../model/hash.ts';
import type { ModelParameters, ResponseFormat, ToolDefinition } from '../model/message.ts';
import type { Prompt } from '../model/prompt.ts';

/** A prompt, a model and its settings under a name. It never changes. */
export interface Release {
  name: string;
  /** ISO 8601, in UTC. */
  created: string;
  description?: string;
  /** Stands alone: nothing of it is read from the prompt's own file. */
  prompt: ReleasePrompt;
  /** `provider/model`. */
  model: string;
  parameters: ModelParameters;
  tools: ToolDefinition[];
  responseFormat?: ResponseFormat;
  /** What approved it. */
  dataset?: { path: string; version: string };
  approvedBy?: ReleaseApproval;
  /** SHA-256 over everything that answers depend on: equal ones answer alike. */
  digest: string;
}

/** The run that approved a release, and what it said. */
export interface ReleaseApproval {
  run: string;
  /** What follows is not in files of schema 1.0.0, which did not look at the gate. */
  kind?: 'run' | 'comparison';
  gate?: 'passed' | 'failed' | 'undecided' | 'none';
  /** A person's reason to create it although the gate did not pass. */
  override?: string;
  /** In a sentence. */
  reason?: string;
  clauses?: GateClause[];
  /** Who judged it. */
  evaluators?: string[];
  /** What the provider said it had served. */
  servedModels?: string[];
}

/** What of a prompt decides what a model receives, and the file that it was taken from. */
export type ReleasePrompt = Pick<Prompt, 'path' | 'hash' | 'format' | 'syntax' | 'inputs' | 'includes'> & {
  messages: Pick<Prompt['messages'][number], 'role' | 'template' | 'beside'>[];
};

/** Answers depend on all but the last, which says where the release comes from. */
export const RELEASE_PARTS = ['prompt', 'model', 'parameters', 'tools', 'response_format', 'origin'] as const;

export type ReleasePart = (typeof RELEASE_PARTS)[number];

export type ReleaseDigests = { [part in ReleasePart | 'content']: string };

/** A digest of each part, so that a change by hand can be named, and one of all that answers depend on. */
export function digestsOf(release: Omit<Release, 'digest'>): ReleaseDigests {
  const { origin, ...contents } = contentOf(release);
  const parts = Object.fromEntries(
    Object.entries(contents).map(([part, value]) => [part, contentHash(value)]),
  );
  return { content: contentHash(parts), ...parts, origin: contentHash(origin) } as ReleaseDigests;
}

function contentOf({
  name,
  prompt,
  model,
  parameters,
  tools,
  responseFormat,
  dataset,
  approvedBy,
}: Omit<Release, 'digest'>): {
  [part in ReleasePart]: unknown;
} {
  const { path, hash, format, syntax, messages, inputs, includes } = prompt;
  return {
    prompt: {
      ...{ format, syntax },
      messages: messages.map(({ role, template, beside }) => ({ role, template, ...defined({ beside }) })),
      inputs: inputs.map((input) => ({
        name: input.name,
        required: input.required,
        ...defined({ default: input.default }),
      })),
      ...defined({ includes }),
    },
    model,
    parameters,
    tools,
    response_format: responseFormat ?? null,
    origin: { name, path, hash, ...defined({ dataset, approvedBy }) },
  };
}

/** The prompt as the renderer takes it; nothing of it stands in a file of its own. */
export function promptOf({ name, prompt, parameters, tools, responseFormat }: Release): Prompt {
  const nowhere = { path: prompt.path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return {
    ...{ path: prompt.path, hash: prompt.hash, format: prompt.format, syntax: prompt.syntax, name },
    messages: prompt.messages.map((message) => ({ ...message, range: nowhere })),
    inputs: prompt.inputs,
    ...defined({ includes: prompt.includes, responseFormat }),
    model: { parameters },
    ...{ tools, testData: [], evaluators: [], body: nowhere },
  };
}
