import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { findLocalServers } from '../../src/engineProcess/localServers.ts';
import { CallFailure } from '../../src/protocol/callFailure.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const PROMPT =
  '---\nname: answer\ninputs: { input: { kind: string } }\n---\nsystem:\nBe brief.\n\nuser:\n{{input}}\n';

function promptWorkspace(model: string, providers = ''): string {
  return temporaryFolder({
    'touchstone.yaml': `${providers}suites:
  answers:
    dataset: cases.golden.yaml
    targets: [{ name: answer, prompt: answer.prompty, model: ${model} }]
    evaluators: [{ contains: hello }]
`,
    'answer.prompty': PROMPT,
    'cases.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: hello }]\n',
  });
}

describe('engine process: models of the editor', () => {
  it('are asked through the window, and their tokens are marked as counted', async () => {
    const asked: unknown[] = [];
    await using window = await TestWindow.open(promptWorkspace('vscode/test/echo'), {
      handlers: {
        'model/complete': (request) => {
          asked.push(request);
          return {
            text: 'hello there',
            toolCalls: [],
            model: 'test/echo-1',
            firstPartMs: 5,
            counted: { input: 7, output: 2 },
            broken: null,
          };
        },
      },
    });
    const { runId, end } = await window.run('answers');
    assert.deepEqual([end.outcome, end.passed], ['complete', true]);
    assert.deepEqual(asked, [
      {
        model: 'test/echo',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'hello' },
        ],
        tools: [],
        options: { seed: (asked[0] as { options: { seed: number } }).options.seed },
      },
    ]);
    const { results } = await window.call('run/result', { runId, caseId: 'a' });
    const output = results[0]?.output as { [key: string]: unknown };
    assert.deepEqual(output['usage'], { input_tokens: 7, output_tokens: 2, counted: true });
    assert.deepEqual([output['cost_usd'], output['model']], [null, 'test/echo-1']);
  });

  it('that break off in the middle give an incomplete output, which is not scored', async () => {
    await using window = await TestWindow.open(promptWorkspace('vscode/test/echo'), {
      handlers: {
        'model/complete': () => ({
          text: 'hello',
          toolCalls: [],
          model: 'm',
          firstPartMs: 1,
          counted: null,
          broken: 'connection lost',
        }),
      },
    });
    const { runId } = await window.run('answers');
    const [result] = (await window.call('run/result', { runId, caseId: 'a' })).results;
    assert.deepEqual([result?.status, result?.output.status], ['errored', 'incomplete']);
  });

  it('that refuse become an errored result with the reason', async () => {
    await using window = await TestWindow.open(promptWorkspace('vscode/test/echo'), {
      handlers: {
        'model/complete': () =>
          Promise.reject(
            new CallFailure('model/complete', {
              kind: 'model',
              code: 'auth',
              transient: false,
              message: 'the person said no',
            }),
          ),
      },
    });
    const { runId, end } = await window.run('answers');
    assert.equal(end.passed, false);
    const [result] = (await window.call('run/result', { runId, caseId: 'a' })).results;
    assert.equal(result?.status, 'errored');
    assert.match(JSON.stringify(result?.output), /auth.*the person said no/);
  });

  it('are told when a run is cancelled', async () => {
    const called = Promise.withResolvers<AbortSignal>();
    await using window = await TestWindow.open(promptWorkspace('vscode/test/echo'), {
      handlers: {
        'model/complete': (_request, signal) => {
          called.resolve(signal);
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
      },
    });
    const { runIds } = await window.call('run/start', { suite: 'answers' });
    const signal = await called.promise;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    await window.call('run/cancel', { runId: runIds[0] ?? '' });
    await aborted;
    assert.equal((await window.heard('run/finished')).outcome, 'interrupted');
  });
});

describe('engine process: keys', () => {
  it('come from the window, once for a run, and never from the environment', async () => {
    const server = await startOpenAiServer(() => ({ text: 'hello' }));
    const { origin } = new URL(server.baseUrl);
    const providers = `providers:\n  mine: { base_url: "${server.baseUrl}", api_key: "\${env:MY_KEY}" }\n`;
    const asked: unknown[] = [];
    try {
      const root = promptWorkspace('mine/gpt', providers);
      await using window = await TestWindow.open(root, {
        environment: { MY_KEY: 'from the environment' },
        handlers: {
          'secret/get': (wanted) => {
            asked.push(wanted);
            return { value: 'from the window' };
          },
        },
      });
      const { end } = await window.run('answers', { overrides: { repeat: 3 } });
      assert.equal(end.passed, true);
      assert.deepEqual(asked, [{ provider: 'mine', origin, variable: 'MY_KEY' }]);
      assert.deepEqual(
        new Set(server.requests.map(({ headers }) => headers.authorization)),
        new Set(['Bearer from the window']),
      );
      const stored = ['touchstone.db', 'touchstone.db-wal'].map((name) =>
        readFileSync(path.join(root, '.touchstone', name)),
      );
      const written = Buffer.concat(stored).toString('latin1') + JSON.stringify(window.events);
      assert.ok(written.includes('hello'));
      assert.ok(!written.includes('from the window'));
    } finally {
      await server.close();
    }
  });

  it('that are refused keep a run from beginning: nothing is stored or called', async () => {
    const server = await startOpenAiServer(() => ({ text: 'hello' }));
    const providers = `providers:\n  mine: { base_url: "${server.baseUrl}", api_key: "\${env:MY_KEY}" }\n`;
    try {
      await using window = await TestWindow.open(promptWorkspace('mine/gpt', providers), {
        environment: { MY_KEY: 'from the environment' },
      });
      const failure = await window.failure('run/start', { suite: 'answers' });
      assert.ok(failure.kind === 'user' && failure.remedy?.includes('Set API Key'));
      assert.equal(failure.name, 'MissingKeyError');
      assert.deepEqual((await window.call('run/list', {})).runs, []);
      assert.equal(server.requests.length, 0);
    } finally {
      await server.close();
    }
  });
});

describe('local model servers', () => {
  it('are found by the list of their models; anything else is left out', async () => {
    const server = await startOpenAiServer([]);
    const port = Number(new URL(server.baseUrl).port);
    const known = [
      { name: 'there', port },
      { name: 'not there', port: 1 },
    ];
    try {
      const found = await findLocalServers(new AbortController().signal, known);
      assert.deepEqual(found, [{ name: 'there', baseUrl: server.baseUrl, models: ['scripted-1'] }]);
    } finally {
      await server.close();
    }
  });
});
