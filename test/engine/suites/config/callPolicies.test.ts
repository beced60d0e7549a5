import assert from 'node:assert/strict';
import { FALLBACK_CAUSES } from '../../../../src/engine/model/replySource.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import {
  DEFAULT_RESILIENCE,
  type ResilienceConfig,
} from '../../../../src/engine/resilience/resilienceConfig.ts';
import type { WorkspaceConfig } from '../../../../src/engine/suites/config/workspaceConfig.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { suiteHash } from '../../../../src/engine/suites/suiteHash.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const SUITE = `
suites:
  s:
    dataset: cases.golden.yaml
    judge: openai/gpt-5-mini
    targets:
      - { name: mini, prompt: answer.prompt.yml, model: openai/gpt-5-mini, bulkhead: planning }
      - { name: agent, command: [node, main.mjs] }
    evaluators:
      - rubric: { criteria: polite, bulkhead: judge }
      - { closed-qa: polite, bulkhead: planning }
`;

async function read(text: string): Promise<WorkspaceConfig> {
  const root = temporaryFolder({
    'touchstone.yaml': text,
    'cases.golden.yaml': '',
    'answer.prompt.yml': '',
  });
  const { signal } = new AbortController();
  return (await loadWorkspace({ root, environment: fixedEnvironment({}), signal })).config;
}

async function resilienceOf(written: string): Promise<ResilienceConfig | undefined> {
  const { providers } = await read(`providers: { a: { base_url: http://127.0.0.1:1/v1${written} } }\n`);
  return providers['a']?.resilience;
}

describe('how calls are protected, as touchstone.yaml says it', () => {
  it('has no settings where none are written', async () => {
    const config = await read('suites: {}');
    assert.equal(await resilienceOf(''), undefined);
    assert.deepEqual([config.bulkheads, config.caches, config.fallbacks], [undefined, undefined, undefined]);
  });

  it('fills in every default', async () => {
    for (const written of [
      '{}',
      '{ breaker: {}, retry: {}, concurrency: {} }',
      '{ breaker: true, retry: true }',
    ])
      assert.deepEqual(await resilienceOf(`, resilience: ${written}`), DEFAULT_RESILIENCE, written);
  });

  it('reads the prices of long requests', async () => {
    const { providers } = await read(`providers:
  a:
    base_url: http://127.0.0.1:1/v1
    prices:
      plain: { input: 1, output: 2 }
      long: { input: 1, output: 2, cached_input: 0.1, long_context: { above_input_tokens: 0, input: 2, output: 4, cache_write: 3 } }
`);
    assert.deepEqual(providers['a']?.prices, {
      plain: { input: 1, output: 2 },
      long: {
        ...{ input: 1, output: 2, cachedInput: 0.1, upToInputTokens: 0 },
        longer: { input: 2, output: 4, cacheWrite: 3 },
      },
    });
  });

  it('reads every setting of a provider', async () => {
    const config = await resilienceOf(`, resilience:
      { breaker: { failures: 2, failure_rate: 1, slow_rate: 0.25, slow_ms: 1500, minimum_calls: 4, window_s: 30, open_s: 1.5, open_max_s: 9, half_open_calls: 1 },
        retry: { attempts: 1, budget: 1, base_ms: 1, max_ms: 2 }, rpm: 500, tpm: 200000, concurrency: { adaptive: false, max: 8 } }`);
    assert.deepEqual(config, {
      breaker: {
        failures: 2,
        failureRate: 1,
        slowRate: 0.25,
        slowMs: 1500,
        minimumCalls: 4,
        window: { kind: 'time', ms: 30_000 },
        openMs: 1500,
        openMaxMs: 9000,
        halfOpenCalls: 1,
      },
      retry: { attempts: 1, budget: 1, baseMs: 1, maxMs: 2 },
      limit: { adaptive: false, min: 1, max: 8 },
      rpm: 500,
      tpm: 200_000,
    });
  });

  it('keeps 0 and absent apart', async () => {
    const config = await resilienceOf(
      ', resilience: { rpm: 0, breaker: { open_s: 0 }, retry: { budget: 0, base_ms: 0 } }',
    );
    assert.equal(config?.rpm, 0);
    assert.equal(config && 'tpm' in config, false);
    assert.equal(config?.breaker?.openMs, 0);
    assert.deepEqual([config?.retry?.budget, config?.retry?.baseMs], [0, 0]);

    const { bulkheads } = await read('bulkheads: { judge: { max_concurrency: 0, cost_per_hour_usd: 0 } }\n');
    assert.deepEqual(bulkheads, { judge: { maxConcurrency: 0, costPerHourUsd: 0, whenFull: 'wait' } });
  });

  it('switches off what is false', async () => {
    const config = await resilienceOf(', resilience: { breaker: false, retry: false }');
    assert.deepEqual([config?.breaker, config?.retry], [null, null]);
  });

  it('lets a default give way to what is written', async () => {
    const config = await resilienceOf(
      ', resilience: { breaker: { window_calls: 4, open_s: 900 }, retry: { base_ms: 60000 }, concurrency: { min: 100 } }',
    );
    assert.equal(config?.breaker?.minimumCalls, 4);
    assert.equal(config?.breaker?.openMaxMs, 900_000);
    assert.equal(config?.retry?.maxMs, 60_000);
    assert.equal(config?.limit.max, 100);
  });

  it('reads bulkheads, and which targets and judges use them', async () => {
    const { bulkheads, suites } = await read(
      `bulkheads: { planning: { max_concurrency: 4, queue: 100, tokens_per_hour: 2000000, cost_per_hour_usd: 5, when_full: wait }, judge: {} }\n${SUITE}`,
    );
    assert.deepEqual(bulkheads, {
      planning: {
        maxConcurrency: 4,
        queue: 100,
        tokensPerHour: 2_000_000,
        costPerHourUsd: 5,
        whenFull: 'wait',
      },
      judge: { whenFull: 'wait' },
    });
    const [suite] = suites;
    assert.deepEqual(
      suite?.targets.map(({ name, bulkhead }) => [name, bulkhead]),
      [
        ['mini', 'planning'],
        ['agent', undefined],
      ],
    );
    assert.deepEqual(
      suite?.evaluators.map(({ name, bulkhead, options }) => [name, bulkhead, options]),
      [
        ['rubric', 'judge', { criteria: 'polite' }],
        ['closed-qa', 'planning', { criteria: 'polite' }],
      ],
    );
  });

  it('leaves bulkheads out of the hash by which a run is resumed', async () => {
    const [suite] = (await read(`bulkheads: { planning: {} }\n${SUITE}`)).suites;
    const [other] = (await read(SUITE.replaceAll(/,? bulkhead: \w+/g, ''))).suites;
    assert.ok(suite && other);
    assert.equal(
      suiteHash(suite, () => ''),
      suiteHash(other, () => ''),
    );
  });

  it('reads caches', async () => {
    assert.deepEqual((await read('caches: { exact: true, similar: false }\n')).caches, {
      exact: { maxMb: 200, expiresMs: 7 * 86_400_000, mode: 'fallback', judges: false },
    });
    const { caches } = await read(
      'caches: { exact: { max_mb: 0, expires: 0, mode: first, judges: true }, similar: { embeddings: openai/e, max_wrong: 0.1, max_mb: 1, expires: 1.5h } }\n',
    );
    assert.deepEqual(caches, {
      exact: { maxMb: 0, expiresMs: 0, mode: 'first', judges: true },
      similar: { embeddings: 'openai/e', maxWrong: 0.1, maxMb: 1, expiresMs: 5_400_000 },
    });
  });

  it('reads times in every unit', async () => {
    for (const [written, ms] of [
      ['0', 0],
      ['90s', 90_000],
      ['30m', 1_800_000],
      ['12 h', 43_200_000],
      ['7d', 604_800_000],
      ['2w', 1_209_600_000],
    ] as const) {
      const { caches } = await read(`caches: { exact: { expires: ${written} } }\n`);
      assert.equal(caches?.exact?.expiresMs, ms, written);
    }
  });

  it('reads fallbacks', async () => {
    const { fallbacks } = await read(`
caches: { exact: true, similar: true }
fallbacks:
  openai/gpt-5: [cache, similar, openai/gpt-5-mini, { answer: "Please try again later." }]
  openai: []
  mini: { steps: [cache], on: [rejected] }
${SUITE.replaceAll(/,? bulkhead: planning/g, '')}`);
    assert.deepEqual(fallbacks, {
      'openai/gpt-5': {
        steps: [
          { kind: 'cache' },
          { kind: 'similar' },
          { kind: 'model', reference: 'openai/gpt-5-mini' },
          { kind: 'fixed', answer: 'Please try again later.' },
        ],
        on: FALLBACK_CAUSES,
      },
      openai: { steps: [], on: FALLBACK_CAUSES },
      mini: { steps: [{ kind: 'cache' }], on: ['rejected'] },
    });
  });
});
