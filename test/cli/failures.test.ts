import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { type Script, startOpenAiServer } from '../support/openaiServer.ts';
import { restoreEnvironment } from '../support/restoreEnvironment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: window
    input: How long can I return something?
    expected_output: { expected_concepts: [30 days, delivery] }
    evaluation_criteria: { min_relevance: 0.5 }
`;

describe('the list of failures', function () {
  this.timeout(20_000);
  const disposals: (() => unknown)[] = [];
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(async () => {
    restoreEnvironment(before);
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function shown(target: string, files: { [file: string]: string } = {}): Promise<string> {
    const folder = temporaryFolder({
      'touchstone.yaml': `suites:\n  s:\n    dataset: cases.golden.yaml\n    targets: [${target}]\n    gate: { min_pass_rate: 1 }\n`,
      'cases.golden.yaml': DATASET,
      ...files,
    });
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 1, err);
    return out;
  }

  async function answered(script: Script): Promise<string> {
    const server = await startOpenAiServer(() => script);
    disposals.push(() => server.close());
    process.env['OPENAI_BASE_URL'] = server.baseUrl;
    process.env['OPENAI_API_KEY'] = 'key';
    return shown('{ prompt: answer.prompty, model: openai/scripted-1 }', {
      'answer.prompty': '---\nname: answer\n---\nsystem:\nAnswer.\n\nuser:\n{{input}}\n',
    });
  }

  it('says what to look at when the provider turns the key or the model away', async () => {
    const key = await answered({ status: 401, message: 'Incorrect API key provided' });
    assert.match(key, /why +auth: 401 Incorrect API key provided\n +Check the API key of the provider/);
    const model = await answered({ status: 404, message: 'no such model' });
    assert.match(model, /why +not-found: 404 no such model\n +Check the model name/);
  });

  it('cuts an answer of two megabytes without a space', async () => {
    const out = await answered({ raw: bigReply('x'.repeat(2_000_000)), contentType: 'text/event-stream' });
    assert.match(out, /actual +x{86}\n +x{86}\n +x{85}…\n/);
  });

  it('keeps the lines of an agent’s last words', async () => {
    const agent = `{ name: agent, command: [node, -e, "console.error('boom\\\\n\\\\tat line 3'); process.exit(3)"] }`;
    const out = await shown(agent);
    assert.match(out, /why +exit: The agent exited with code 3\. Last output:\n +boom\n +at line 3\n/);
  });

  it('says what was wanting where each evaluator passed but its stage was too low', async () => {
    const out = await answered({ text: 'Within 30 days.' });
    assert.match(
      out,
      /why +lexical score 0\.50 is below 0\.6\n +concepts \(lexical\): 1 of 2 concepts; missing: delivery\n/,
    );
  });
});

/** A streamed completion whose text comes in one piece. */
function bigReply(text: string): string {
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return `${chunk({ role: 'assistant', content: text }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`;
}
