import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type MarkdownBlock, markdownBlocks } from './markdownBlocks.ts';

const PAGE = path.join(import.meta.dirname, '..', '..', 'README.md');
const ENVIRONMENT = ['OPENAI_API_KEY', 'OPENAI_BASE_URL'] as const;

describe('README.md', () => {
  const before = ENVIRONMENT.map((name) => [name, process.env[name]] as const);
  let server: OpenAiServer;

  beforeEach(async () => {
    server = await startOpenAiServer(() => ({ text: 'Within 30 days from delivery.' }));
    process.env['OPENAI_API_KEY'] = 'sk-reader';
    process.env['OPENAI_BASE_URL'] = server.baseUrl;
  });
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await server.close();
  });

  it('tests a prompt in five lines, as written', async () => {
    const [config, dataset, prompt] = section('Your own prompt in five lines');
    assert.ok(config && dataset && prompt);
    const files = {
      'touchstone.yaml': config.text,
      'cases.golden.yaml': dataset.text,
      'answer.md': prompt.text,
    };
    const folder = temporaryFolder(files);
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 0, `${out}\n${err}`);
    assert.match(String(server.requests[0]?.body.messages[0]?.content), /30 days from delivery/);
  });

  it('shows a reply document that is read as it is written', async () => {
    const blocks = section('Your own agent');
    const reply = blocks.filter(({ language }) => language === 'json')[1];
    assert.ok(reply);
    const document = JSON.parse(reply.text);
    const folder = temporaryFolder({
      'agent.mjs': `process.stdin.resume().on('end', () => console.log(${JSON.stringify(JSON.stringify(document))}));`,
      'cases.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: How long?, assert: [{ type: contains, value: 30 days }, { type: "trajectory:tool-used", value: search }] }\n',
      'touchstone.yaml':
        'suites: { own: { dataset: cases.golden.yaml, targets: [{ name: local, command: [node, agent.mjs] }] } }\n',
    });
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 0, `${out}\n${err}`);
    const shown = await touchstone(folder, 'show', '--case', 'a');
    assert.match(shown.out, /cost \$0\.0004.*812 tokens in, 40 out/);
  });
});

/** The blocks of one section of the page. */
function section(title: string): MarkdownBlock[] {
  const text = readFileSync(PAGE, 'utf8');
  const from = text.indexOf(`## ${title}\n`);
  assert.ok(from >= 0, title);
  const to = text.indexOf('\n## ', from + 1);
  return markdownBlocks(text.slice(from, to));
}
