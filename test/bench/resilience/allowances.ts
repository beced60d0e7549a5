import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  DEFAULT_RESILIENCE,
  type ResilienceConfig,
} from '../../../src/engine/resilience/resilienceConfig.ts';
import { measureProcess } from '../../support/measureProcess.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { load, modelsOf } from './modelOf.ts';
import { ProviderChild } from './providerChild.ts';

const PER_SECOND = 100;
const FOR_MS = 20_000;
const CALLERS = 200;
const peer = path.join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '.peers',
  'promptfoo',
  'node_modules',
  '.bin',
  'promptfoo',
);

/** As a person would set it who knows nothing of the limit: so many at once, and a retry after a moment. */
function fixedConcurrency(most: number): ResilienceConfig {
  return { ...DEFAULT_RESILIENCE, breaker: null, limit: { adaptive: false, min: 1, max: most } };
}

/**
 * A provider that allows 100 requests a second by a token bucket, asked by 200 callers for 20 seconds. Limits: at least 95 % of the
 * allowance used, at most 1 % of the calls answered with 429.
 */
export async function allowances(): Promise<boolean> {
  console.log(`allowance of ${PER_SECOND} requests a second, ${CALLERS} callers   used   429`);
  const adaptive = await measure('touchstone', DEFAULT_RESILIENCE);
  await measure('fixed concurrency 16', fixedConcurrency(16));
  await measure('fixed concurrency 64', fixedConcurrency(64));
  await promptfoo();
  return adaptive.used >= 0.95 && adaptive.refused <= 0.01;
}

interface Use {
  used: number;
  refused: number;
}

async function measure(name: string, resilience: ResilienceConfig): Promise<Use> {
  const child = await startLimited();
  const { limited } = modelsOf({ limited: { baseUrl: child.baseUrl, resilience } });
  if (!limited) throw new Error('there is no model');
  await load(limited, { callers: CALLERS, forMs: FOR_MS });
  return report(name, child, FOR_MS);
}

/** As many tests as the allowance holds in the time; it goes on until all are answered. */
async function promptfoo(): Promise<void> {
  if (!existsSync(peer)) {
    console.log('skipped: promptfoo is not installed in .peers/promptfoo');
    return;
  }

  const child = await startLimited();
  const tests = Array.from({ length: (PER_SECOND * FOR_MS) / 1000 }, (_, index) => ({
    vars: { text: `hello ${index}` },
  }));
  const config = {
    prompts: ['{{text}}'],
    providers: [{ id: 'openai:chat:m', config: { apiBaseUrl: child.baseUrl, apiKey: 'sk-none' } }],
    tests: 'file://tests.json',
  };
  const folder = temporaryFolder({
    'promptfooconfig.yaml': JSON.stringify(config),
    'tests.json': JSON.stringify(tests),
  });
  const begun = performance.now();
  await measureProcess(
    process.execPath,
    [peer, 'eval', '--no-cache', '--no-table', '--no-progress-bar', '--no-share', '-j', '64'],
    {
      cwd: folder,
      env: {
        HOME: folder,
        PROMPTFOO_CONFIG_DIR: folder,
        PROMPTFOO_DISABLE_TELEMETRY: '1',
        PROMPTFOO_DISABLE_UPDATE: '1',
        PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
        PROMPTFOO_FAILED_TEST_EXIT_CODE: '0',
      },
    },
  );
  await report('promptfoo -j 64', child, performance.now() - begun);
}

function startLimited(): Promise<ProviderChild> {
  return ProviderChild.start({
    seed: 7,
    latencyMs: [200, 600],
    requests: { capacity: PER_SECOND, perSecond: PER_SECOND },
  });
}

/** A full bucket is there from the start, and is a part of what was allowed. */
async function report(name: string, child: ProviderChild, elapsedMs: number): Promise<Use> {
  const { counts, admittedAt } = await child.seen();
  child.stop();
  const refusals = counts.get(429) ?? 0;
  const lastedMs = Math.max(elapsedMs, admittedAt.at(-1) ?? 0);
  const allowed = PER_SECOND + (PER_SECOND * lastedMs) / 1000;
  const within = admittedAt.length;
  const use = { used: within / allowed, refused: refusals / (within + refusals) };
  console.log(`  ${name.padEnd(48)} ${percent(use.used)} ${percent(use.refused)}`);
  return use;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`.padStart(8);
}
