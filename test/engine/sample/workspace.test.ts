import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openDataset } from '../../../src/engine/datasets/dataset.ts';
import { createPatternMatcher } from '../../../src/engine/evaluators/patterns/patternMatcher.ts';
import { createEvaluators } from '../../../src/engine/evaluators/registry.ts';
import { runCascade } from '../../../src/engine/evaluators/scoring/cascade.ts';
import { parseAssertion } from '../../../src/engine/evaluators/specs/specs.ts';
import type { GoldenCase } from '../../../src/engine/model/case.ts';
import type { TrialStatus } from '../../../src/engine/model/result.ts';
import { fixedEnvironment, noLog, noSpan, systemClock } from '../../../src/engine/ports.ts';
import { parsePrompt } from '../../../src/engine/prompts/parsePrompt.ts';
import type { SuiteConfig } from '../../../src/engine/suites/config/suiteConfig.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { agentRequest } from '../../../src/engine/targets/agentRequest.ts';
import { readReply } from '../../../src/engine/targets/reply/agentReply.ts';

const root = fileURLToPath(new URL('../../../datasets', import.meta.url));
const signal = new AbortController().signal;
const load = () => loadWorkspace({ root, environment: fixedEnvironment({}), signal });

async function suiteNamed(name: string): Promise<SuiteConfig> {
  const found = (await load()).config.suites.find((suite) => suite.name === name);
  assert.ok(found, `there is no suite "${name}"`);
  return found;
}

async function casesOf(name: string): Promise<GoldenCase[]> {
  const dataset = await openDataset(path.join(root, name), { root, signal });
  assert.deepEqual(dataset.warnings, []);
  const cases: GoldenCase[] = [];
  for await (const { case: golden } of dataset.cases({ signal })) cases.push(golden);
  return cases;
}

/** The agent in this process, since one process per case would take long; the program itself is tested apart. */
async function currentAgent(): Promise<(golden: GoldenCase) => Promise<string>> {
  const load = (file: string) => import(pathToFileURL(path.join(root, 'agent', file)).href);
  const [{ answer }, { openTrace }] = [await load('agent.mjs'), await load('tracing.mjs')];
  return async (golden) => {
    const request = agentRequest({ case: golden, trial: 0, seed: 0 });
    return JSON.stringify(await answer(request, { trace: openTrace({ seed: golden.id }) }));
  };
}

async function firstAgent(): Promise<(golden: GoldenCase) => Promise<string>> {
  const { answer } = await import(pathToFileURL(path.join(root, 'agent-v1', 'answer.mjs')).href);
  return async (golden) => {
    const { input } = agentRequest({ case: golden, trial: 0, seed: 0 });
    return JSON.stringify(answer(String(input)));
  };
}

/** The verdict on each case, by the suite's evaluators and the case's own assertions. */
async function judge(
  suite: SuiteConfig,
  cases: GoldenCase[],
  agent: (golden: GoldenCase) => Promise<string>,
): Promise<Map<string, TrialStatus>> {
  const patterns = createPatternMatcher({ timeoutMs: 1_000 });
  const deps = {
    models: { client: () => assert.fail('no model is needed') },
    judgeModel: undefined,
    patterns,
    scripts: undefined,
    random: { next: () => 0.5, hex: (bytes: number) => '0'.repeat(2 * bytes) },
    readFile: () => assert.fail('no file is needed'),
  };
  const { mode, thresholds, weights } = suite.cascade;
  const verdicts = new Map<string, TrialStatus>();
  for (const golden of cases) {
    const output = readReply(await agent(golden), { kind: 'json' }, 1);
    assert.equal(output.status, 'complete');
    const own = (golden.assert ?? []).map((entry) => parseAssertion(entry, suite.location));
    const verdict = await runCascade(
      createEvaluators([...suite.evaluators, ...own], deps),
      { case: golden, output },
      {
        mode,
        thresholds,
        weights,
        rule: { kind: 'all' },
        signal,
        span: noSpan,
        clock: systemClock,
        log: noLog,
      },
    );
    verdicts.set(golden.id, verdict.status);
  }
  await patterns.close();
  return verdicts;
}

const share = (verdicts: Map<string, TrialStatus>) =>
  [...verdicts.values()].filter((status) => status === 'passed').length / verdicts.size;

describe('sample workspace', () => {
  it('loads without a complaint', async () => {
    const { config, warnings } = await load();
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      config.suites.map((suite) => suite.name),
      ['support', 'versions', 'legacy'],
    );
  });

  it('has prompts in three formats, each with an input', () => {
    for (const name of ['answer.prompty', 'triage.prompt.yml', 'summarize.prompt']) {
      const text = readFileSync(path.join(root, 'prompts', name), 'utf8');
      const prompt = parsePrompt(
        { path: `prompts/${name}`, text },
        { root, environment: fixedEnvironment({}) },
      );
      assert.deepEqual(
        prompt.messages.map((message) => message.role),
        ['system', 'user'],
      );
      assert.ok(prompt.inputs.some((input) => input.required));
    }
  });

  it('holds the current agent to its gate: every critical case passes, and some hard ones do not', async () => {
    const cases = await casesOf('support.golden.yaml');
    assert.ok(cases.length >= 60);
    const verdicts = await judge(await suiteNamed('support'), cases, await currentAgent());
    const failed = cases.filter((golden) => verdicts.get(golden.id) !== 'passed');
    assert.deepEqual(
      failed.filter((golden) => golden.tags?.includes('critical')).map((golden) => golden.id),
      [],
    );
    assert.ok(![...verdicts.values()].includes('errored'));
    assert.ok(share(verdicts) >= 0.8 && share(verdicts) <= 0.92, `${share(verdicts)} passed`);
  });

  it('shows the first version to be clearly worse', async () => {
    const [suite, cases] = [await suiteNamed('versions'), await casesOf('support.golden.yaml')];
    const before = share(await judge(suite, cases, await firstAgent()));
    const after = share(await judge(suite, cases, await currentAgent()));
    assert.ok(before > 0.2 && before < after - 0.3, `${before} before, ${after} now`);
  });

  it('reads the older dataset through the migration', async () => {
    const cases = await casesOf('legacy.golden.yaml');
    assert.equal(cases.length, 12);
    assert.ok(cases.every((golden) => golden.expected_output?.expected_concepts?.length));
    const verdicts = await judge(await suiteNamed('legacy'), cases, await currentAgent());
    assert.ok(share(verdicts) >= 0.7, JSON.stringify([...verdicts]));
  });
});
