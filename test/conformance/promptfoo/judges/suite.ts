import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';
import { type RecordedRequest, type Script, startOpenAiServer } from '../../../support/openaiServer.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import type { Trajectory } from '../trajectories.ts';
import { JUDGE_CASES } from './cases.ts';
import { GOAL_CASES } from './goals.ts';

const ALL = [...JUDGE_CASES, ...GOAL_CASES];

/** What is judged: a promptfoo suite in a folder, and trajectories, whose graders are the same server. */
interface JudgeSuite {
  folder: string;
  goals: Trajectory[];
  /** Of the server; ends with /v1. */
  baseUrl: string;
}

/**
 * The judge cases, whose graders are a scripted server on a real socket. The server tells the cases apart by their
 * marks, and gives each its replies in order.
 */
export async function withJudgeSuite<T>(work: (suite: JudgeSuite) => Promise<T>): Promise<T> {
  const given = new Map<string, number>();
  const reply = ({ body }: RecordedRequest): Script => {
    const mark = /case-\d+-mark/.exec(JSON.stringify(body.messages))?.[0] ?? '';
    const index = given.get(mark) ?? 0;
    given.set(mark, index + 1);
    const text = ALL[Number(mark.split('-')[1])]?.replies[index];
    // The request is at fault, and not the provider: further cases ask the same one.
    if (text === undefined) return { status: 400, message: `no reply ${index} for "${mark}"` };
    return { text: marked(text, mark), usage: { input: 10, output: 5 } };
  };
  const server = await startOpenAiServer(reply, vectors);
  const folder = temporaryFolder();
  try {
    writeFileSync(path.join(folder, 'promptfooconfig.yaml'), JSON.stringify(config(server.baseUrl), null, 2));
    const { baseUrl } = server;
    return await work({ folder, goals: goals(baseUrl), baseUrl });
  } finally {
    await server.close();
  }
}

function goals(apiBaseUrl: string): Trajectory[] {
  const provider = { id: 'openai:chat:judge', config: { apiBaseUrl, apiKey: 'none' } };
  return GOAL_CASES.map(({ name, assertion }, index) => ({
    name,
    steps: [{ name: 'search_orders', args: { id: 1 } }, { name: 'reply' }],
    assertion: marked(assertion, `case-${JUDGE_CASES.length + index}-mark`),
    options: { provider },
  }));
}

function config(apiBaseUrl: string): JsonObject {
  const access = { apiBaseUrl, apiKey: 'none' };
  return {
    prompts: ['Answer: {{query}}{{place}}'],
    providers: ['echo'],
    defaultTest: {
      options: {
        provider: {
          text: { id: 'openai:chat:judge', config: access },
          embedding: { id: 'openai:embedding:small', config: access },
        },
      },
    },
    tests: JUDGE_CASES.map(({ name, vars, output, assert, options = {} }, index) => {
      const own = marked({ vars, providerOutput: output, assert: [assert], options }, `case-${index}-mark`);
      return { description: name, ...(own as JsonObject) };
    }),
  };
}

function marked<T extends JsonValue>(value: T, mark: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('§', mark));
}

/** `<x,y>` in a text is its vector. */
function vectors({ body }: RecordedRequest): Script {
  const texts = [body['input']].flat().map(String);
  const data = texts.map((text, index) => {
    const [, x = '1', y = '0'] = /<(-?\d+),(-?\d+)>/.exec(text) ?? [];
    return { index, embedding: [Number(x), Number(y)] };
  });
  const usage = { prompt_tokens: texts.length, total_tokens: texts.length };
  return {
    raw: JSON.stringify({ object: 'list', model: 'small', data, usage }),
    contentType: 'application/json',
  };
}
