import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.ts';
import { readText } from '../../files/readText.ts';
import type { Prompt } from '../../model/prompt.ts';
import type { Environment } from '../../ports.ts';
import { nameFromPath } from '../../prompts/detectFormat.ts';
import { parsePrompt } from '../../prompts/parsePrompt.ts';
import type { FileReference } from '../config/fileReference.ts';
import { discoverWorkspace, type WorkspaceFiles } from './discoverWorkspace.ts';

/** A file to write; `path` is relative to the workspace, with `/`. */
export interface SampleFile {
  path: string;
  text: string;
}

/** What a person says of a first evaluation. */
export interface FirstCase {
  /** What the prompt is asked. */
  asked: string;
  /** Words and phrases that a good answer says. */
  says: readonly string[];
  /** `provider/model`. */
  model?: string;
}

const MODEL = 'openai/gpt-5-mini';

/**
 * The files that a newcomer needs to run a first suite: `touchstone.yaml`, and a prompt and a golden dataset
 * where the folder has none. What is there is used and never written again: no returned path exists, and
 * where there is a `touchstone.yaml`, nothing is returned.
 */
export async function sampleFiles(
  root: string,
  options: { environment: Environment; signal: AbortSignal; first?: FirstCase },
): Promise<SampleFile[]> {
  const { first } = options;
  if (existsSync(path.join(root, 'touchstone.yaml'))) return [];
  const found = await discoverWorkspace(root, options.signal);
  const prompt = firstUsable(found, root, options.environment);
  const dataset = datasetFor(prompt, found);
  const promptPath = prompt?.path ?? `prompts/${dataset ? stemOf(dataset.path) : 'answer'}.prompty`;
  const datasetPath = dataset?.path ?? `datasets/${nameFromPath(promptPath)}.golden.yaml`;
  const files: SampleFile[] = [
    { path: 'touchstone.yaml', text: configText(promptPath, datasetPath, prompt, first?.model ?? MODEL) },
    ...(prompt ? [] : [{ path: promptPath, text: promptText(dataset === undefined && !first) }]),
    ...(dataset ? [] : [{ path: datasetPath, text: datasetText(prompt, first) }]),
  ];
  return files.filter((file) => !existsSync(path.join(root, file.path)));
}

/** The first prompt that can be read; others cannot be run, so the sample is not built on them. */
function firstUsable(found: WorkspaceFiles, root: string, environment: Environment): Prompt | undefined {
  for (const file of found.prompts) {
    try {
      const prompt = parsePrompt(
        { path: file.path, text: readText(file.absolute, file.path) },
        { root, environment },
      );
      if (prompt.format !== 'instructions') return prompt;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

/** The dataset of the prompt's name, else the first one. */
function datasetFor(prompt: Prompt | undefined, { datasets }: WorkspaceFiles): FileReference | undefined {
  const name = prompt && nameFromPath(prompt.path);
  return datasets.find((file) => stemOf(file.path) === name) ?? datasets[0];
}

/** `answer` for `datasets/answer.golden.yaml`. */
function stemOf(file: string): string {
  return path.posix.basename(file).replace(/(?:\.golden)?\.[^.]*$/, '');
}

function configText(prompt: string, dataset: string, own: Prompt | undefined, chosen: string): string {
  const name =
    nameFromPath(prompt)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '') || 'first';
  const model = own?.model.id === undefined ? `, model: ${quoted(chosen)}` : '';
  return `# What is tested, with which cases, and what is good enough. Run it with: touchstone eval
suites:
  ${name}:
    dataset: ${quoted(dataset)} # the cases, and what is expected of them
    targets: [{ prompt: ${quoted(prompt)}${model} }]${chosen === MODEL ? ' # the key comes from OPENAI_API_KEY' : ''}
    gate: { min_pass_rate: 0.9 } # below this share of passed cases, the run fails
`;
}

/** `withPolicy`: for the sample dataset, which asks about it. */
function promptText(withPolicy: boolean): string {
  const policy = `Policy: goods can be returned within 30 days for a refund. Shipping takes 2 to 4 days.
If the policy does not answer the question, say that you do not know.
`;
  return `---
name: Answer
description: Answers a question in one or two sentences.
inputs:
  question:
    type: string
    description: What the customer asks.
---
system:
${withPolicy ? `You answer questions of a shop's customers in one or two sentences.\n${policy}` : 'You answer questions in one or two sentences.\n'}user:
{{question}}
`;
}

function datasetText(prompt: Prompt | undefined, first: FirstCase | undefined): string {
  const input = (text: string): string => {
    const inputs = prompt ? prompt.inputs.map((entry) => entry.name) : ['question'];
    if (inputs.length === 0) return quoted(text);
    return `{ ${inputs.map((name, index) => `${quoted(name)}: ${quoted(index === 0 ? text : 'text')}`).join(', ')} }`;
  };
  return `# A golden dataset: inputs, and what must and must not be in the answers.
schema_version: 2.0.0
version: 1.0.0
metadata:
  name: ${quoted(prompt ? nameFromPath(prompt.path) : 'answer')}
test_cases:
${first ? firstCase(first, input) : prompt ? ownCases(input) : sampleCases(input)}`;
}

function firstCase({ asked, says }: FirstCase, input: (text: string) => string): string {
  const concepts = says.map((text) => JSON.stringify(text)).join(', ');
  return `  - id: first-case
    input: ${input(asked)}
    expected_output:
      expected_concepts: [${concepts}] # what a good answer says, in any inflection
`;
}

function sampleCases(input: (text: string) => string): string {
  return `  - id: refund-within-30-days
    input: ${input('May I return a mug that I bought ten days ago?')}
    expected_output:
      expected_concepts: [30 days, refund]
    tags: [critical]
  - id: shipping-time
    input: ${input('How long does shipping take?')}
    expected_output:
      expected_concepts: [2 to 4 days]
  - id: outside-the-policy
    input: ${input('Do you sell gift cards?')}
    expected_output:
      expected_concepts: [not know]
      forbidden_concepts: [gift cards are available]
`;
}

/** For a prompt of the person's own, nobody else can know what is right: one case to be completed. */
function ownCases(input: (text: string) => string): string {
  return `  - id: first-case
    input: ${input('replace this by a real input')}
    expected_output:
      expected_concepts: [replace this by something that a good answer says]
    # forbidden_concepts: [something that no answer may say]
`;
}

/** As it stands where YAML reads it as the same text, otherwise in double quotes. */
function quoted(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
