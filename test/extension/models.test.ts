import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { CaseResult } from '../../src/protocol/runEntries.ts';
import type { EngineClient } from '../../src/ui/engine/engineClient.ts';
import { readReply } from '../../src/ui/models/editorReply.ts';
import { skip } from '../support/skip.ts';
import { activated } from './support/activated.ts';
import { trusted } from './support/trust.ts';
import { writeWorkspace } from './support/workspace.ts';

interface Asked {
  model: { id: string };
  messages: { role: number; content: { value?: string }[] }[];
  options: { modelOptions?: { [name: string]: unknown }; tools?: { name: string }[] };
}
interface Provider {
  answer(
    asked: Asked,
    progress: { report(part: unknown): void },
    token: vscode.CancellationToken,
  ): Promise<void>;
}

const WORKSPACE = {
  'touchstone.yaml': `suites:
  bridge:
    dataset: bridge.golden.yaml
    targets:
      - { name: bridge, prompt: bridge.prompty, model: vscode/scripted/large, parameters: { temperature: 0.5 } }
    evaluators: [{ contains: hello }]
`,
  'bridge.prompty': '---\nname: bridge\n---\nsystem:\nBe brief.\n\nuser:\nSay {{input}}\n',
  'bridge.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: hello }]\n',
};

describe('models of the editor', () => {
  if (!trusted) return;
  let engine: EngineClient;
  let provider: Provider;
  let restore: (() => void) | undefined;

  before(async function () {
    const extension = vscode.extensions.getExtension<Provider>('touchstone-tests.model-provider');
    if (!extension || !('registerLanguageModelChatProvider' in vscode.lm))
      skip(this, 'this editor has no API for providers of models');
    ({ engine } = await activated());
    provider = await extension.activate();
    restore = writeWorkspace(WORKSPACE);
  });
  after(() => restore?.());

  it('are there for the extension, once their provider is', async () => {
    const models = await vscode.lm.selectChatModels({ vendor: 'scripted' });
    assert.deepEqual(models.map(({ family }) => family).toSorted(), ['large', 'small']);
  });

  it('answer a prompt in pieces; tokens are counted, the cost is unknown', async () => {
    let asked: Asked | undefined;
    provider.answer = async (request, progress) => {
      asked = request;
      for (const piece of ['hello', ' from', ' here'])
        progress.report(new vscode.LanguageModelTextPart(piece));
    };
    const [result] = await run(engine);
    assert.deepEqual([result?.status, result?.output.text], ['passed', 'hello from here']);
    assert.equal(asked?.model.id, 'large-1');
    assert.deepEqual(
      asked?.messages.map(({ role, content }) => [role, content.map(({ value }) => value).join('')]),
      [
        [vscode.LanguageModelChatMessageRole.User, 'Be brief.'],
        [vscode.LanguageModelChatMessageRole.User, 'Say hello'],
      ],
    );
    assert.equal(asked?.options.modelOptions?.['temperature'], 0.5);
    const output = result?.output as { [name: string]: unknown };
    assert.deepEqual(output['usage'], { input_tokens: 4, output_tokens: 3, counted: true });
    assert.deepEqual([output['cost_usd'], output['model']], [null, 'scripted/large-1']);
  });

  it('call tools', async () => {
    provider.answer = async (_request, progress) => {
      progress.report(new vscode.LanguageModelToolCallPart('call-1', 'lookup', { city: 'Oslo' }));
    };
    const [result] = await run(engine);
    const output = result?.output as { tool_calls?: unknown; finish_reason?: unknown };
    assert.deepEqual(output.tool_calls, [{ id: 'call-1', name: 'lookup', arguments: { city: 'Oslo' } }]);
    assert.equal(output.finish_reason, 'tool_calls');
  });

  it('that fail become an errored result with the reason', async () => {
    provider.answer = async () => {
      throw new Error('no capacity');
    };
    const [failed] = await run(engine);
    assert.deepEqual([failed?.status, failed?.output.status], ['errored', 'error']);
    assert.match(JSON.stringify(failed?.output), /no capacity/);
  });

  it('are told when a run is cancelled', async () => {
    const begun = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    provider.answer = (_request, _progress, token) => {
      token.onCancellationRequested(() => told.resolve());
      begun.resolve();
      return told.promise;
    };
    const end = finished(engine);
    const [runId = ''] = (await engine.call('run/start', { suite: 'bridge' })).runIds;
    await begun.promise;
    await engine.call('run/cancel', { runId });
    await told.promise;
    assert.equal((await end).outcome, 'interrupted');
  });

  it('that do not exist are named with those that do', async () => {
    await finishedAfter(engine, { suite: 'bridge', overrides: { model: 'vscode/scripted/huge' } });
    const [run] = (await engine.call('run/list', { limit: 1 })).runs;
    const { results } = await engine.call('run/result', { runId: run?.id ?? '', caseId: 'a' });
    assert.match(
      JSON.stringify(results[0]?.output),
      /has no model scripted\/huge; it has scripted\/(small|large)/,
    );
  });
});

describe('reply of the editor', () => {
  it('keeps what came in before the stream broke', async () => {
    const reply = await readReply(brokenAfter([new vscode.LanguageModelTextPart('hel')]), performance.now());
    assert.deepEqual(
      [reply.text, reply.broken, typeof reply.firstPartMs],
      ['hel', 'the line broke', 'number'],
    );
  });

  it('is a failure when nothing came in', async () => {
    await assert.rejects(readReply(brokenAfter([]), performance.now()), /the line broke/);
  });
});

async function* brokenAfter(parts: readonly unknown[]) {
  yield* parts;
  throw new Error('the line broke');
}

async function run(engine: EngineClient): Promise<CaseResult[]> {
  const { runId } = await finishedAfter(engine, { suite: 'bridge' });
  return (await engine.call('run/result', { runId, caseId: 'a' })).results;
}

async function finishedAfter(engine: EngineClient, wanted: { suite: string; overrides?: { model: string } }) {
  const end = finished(engine);
  await engine.call('run/start', wanted);
  return end;
}

function finished(engine: EngineClient): Promise<{ runId: string; outcome: string }> {
  return new Promise((resolve) => {
    const listener = engine.on('run/finished', (data) => {
      listener.dispose();
      resolve(data);
    });
  });
}
