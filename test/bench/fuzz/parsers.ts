import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { countedMessages } from '../../../src/engine/cost/countedMessages.ts';
import { checkDatasetText } from '../../../src/engine/datasets/dataset.ts';
import { openImport } from '../../../src/engine/datasets/import/importCases.ts';
import { UserError } from '../../../src/engine/errors.ts';
import { readHtml } from '../../../src/engine/evaluators/heuristic/html/readHtml.ts';
import { findJson } from '../../../src/engine/evaluators/heuristic/json/findJson.ts';
import { findLooseJson } from '../../../src/engine/evaluators/heuristic/json/findLooseJson.ts';
import { readXml } from '../../../src/engine/evaluators/heuristic/xml/wellFormedXml.ts';
import { xmlCandidates } from '../../../src/engine/evaluators/heuristic/xml/xmlCandidates.ts';
import { compileSchema } from '../../../src/engine/evaluators/schemas/jsonSchema.ts';
import { parseUntrustedJson } from '../../../src/engine/files/formats/untrustedJson.ts';
import { decodeUtf8 } from '../../../src/engine/files/text/decode.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/engine/model/json.ts';
import type { Prompt } from '../../../src/engine/model/prompt.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { readReplyEntry } from '../../../src/engine/models/recordings/recordedReply.ts';
import { addPart, emptyDraft, toolCallsOf } from '../../../src/engine/models/wire/replyDraft.ts';
import { ReplyReader } from '../../../src/engine/models/wire/replyReader.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import { renderNunjucks } from '../../../src/engine/prompts/nunjucks/renderNunjucks.ts';
import { parsePrompt } from '../../../src/engine/prompts/parsePrompt.ts';
import { renderPrompt } from '../../../src/engine/prompts/renderPrompt.ts';
import { checkWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { findReply } from '../../../src/engine/targets/reply/findReply.ts';
import { readSpans } from '../../../src/engine/telemetry/receiver/readSpans.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Reads a text in one way. Throws UserError or ModelError for what is wrong with it; anything else is a find. */
export type Parser = (text: string, path: string) => unknown;

export interface Fuzzed {
  parsers: { [name: string]: Parser };
  dispose(): void;
}

const { signal } = new AbortController();
const environment = fixedEnvironment({ A: 'a' });

/** Whether an error is one that a person is told of. */
export function isExpected(error: unknown): boolean {
  return error instanceof UserError || error instanceof ModelError;
}

/** Every parser of texts that come from outside. They work in a temporary folder of their own. */
export function openParsers(): Fuzzed {
  const root = temporaryFolder();
  for (const name of ['touchstone.yaml', 'promptfooconfig.yaml']) writeFileSync(path.join(root, name), '');
  writeFileSync(path.join(root, 'a'), 'an included file');

  const config = (name: string) => async (text: string) => {
    const { workspace } = await checkWorkspace({
      root,
      configPath: name,
      text,
      foreign: promptfooFormat,
      environment,
      signal,
    });
    return workspace?.config;
  };
  const parsers: Fuzzed['parsers'] = {
    configuration: config('touchstone.yaml'),
    promptfoo: config('promptfooconfig.yaml'),
    dataset,
    import: (text, file) => importText(text, path.join(root, `import${extension(file)}`)),
    prompt: (text, file) => render(parsePrompt({ path: path.basename(file), text }, { root, environment })),
    prompty: (text) =>
      render(parsePrompt({ path: 'p.prompty', text: `system:\n${text}` }, { root, environment })),
    dotprompt: (text) => render(parsePrompt({ path: 'p.prompt', text }, { root, environment })),
    nunjucks: (text) => renderNunjucks(text, { a: 'text', xs: [{ name: 'n' }, 3], x: { b: null }, q: 1 }),
    chat: (text) => render(parsePrompt({ path: 'c.json', text }, { root, environment })),
    reply: modelReply,
    output: outputText,
    spans: (text) => readSpans(json(text)),
    recording: (text) => readReplyEntry(objectOf(json(text)), 'r.json'),
    schema: schemaCheck,
    bytes: (text) => decodeUtf8(Buffer.from(text, 'latin1'), 'b.txt'),
  };
  return { parsers, dispose: () => rmSync(root, { recursive: true }) };
}

async function dataset(text: string, file: string): Promise<void> {
  const { batches } = await checkDatasetText({ path: `d${extension(file)}`, text });
  for await (const _ of batches());
}

async function importText(text: string, file: string): Promise<void> {
  writeFileSync(file, text);
  const files = [{ path: file, shownAs: path.basename(file) }];
  for (const given of [
    {},
    { from: FORMATS[text.length % FORMATS.length] ?? 'inspect' },
    { map: ['input=input'] },
  ]) {
    try {
      const { batches } = await openImport({ files, signal, ...given });
      for await (const _ of batches());
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  }
}

const FORMATS = [
  'promptfoo',
  'openai-evals',
  'inspect',
  'autoevals',
  'deepeval',
  'langsmith',
  'langfuse',
  'ragas',
  'foundry',
  'conversations',
  'waza',
];

/** A prompt is filled in with values of every kind, and counted. */
function render(prompt: Prompt): void {
  countedMessages(prompt);
  const kinds: JsonValue[] = ['text', 3, null, ['a', { b: 1 }], { a: { b: [1] }, name: 'x' }, true];
  for (const shift of [0, 3]) {
    const values = prompt.inputs.map(
      ({ name }, index) => [name, kinds[(index + shift) % kinds.length] ?? null] as const,
    );
    try {
      renderPrompt(prompt, Object.fromEntries(values));
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  }
}

function modelReply(text: string): void {
  const value = json(text);
  for (const read of ['completion', 'chunk'] as const) {
    try {
      const draft = emptyDraft();
      for (const part of new ReplyReader()[read](value)) addPart(draft, part);
      toolCallsOf(draft);
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  }
}

async function outputText(text: string): Promise<void> {
  findJson(text, true);
  findLooseJson(text);
  readXml(text);
  xmlCandidates(text);
  findReply(text, { kind: 'json' });
  await readHtml(text);
}

/** The text is a schema, and checked against itself. */
function schemaCheck(text: string): void {
  const schema = objectOf(json(text));
  compileSchema(schema, { type: 'is-json' })(schema);
}

/** What is no JSON is refused before anything looks at it. */
function json(text: string): JsonValue {
  try {
    return parseUntrustedJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(error.message);
    throw error;
  }
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : { value };
}

function extension(file: string): string {
  return path.extname(file) || '.yaml';
}
