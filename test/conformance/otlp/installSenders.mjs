// Installs the senders that senders.test.ts runs, in .peers/ beside the project: node test/conformance/otlp/installSenders.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SDK_2 = ['@opentelemetry/api@1', '@opentelemetry/sdk-trace-node@2'];
const SENDERS = {
  'otlp-current': [
    '@opentelemetry/api@1',
    '@opentelemetry/sdk-trace@3',
    '@opentelemetry/resources@3',
    '@opentelemetry/exporter-trace-otlp-proto@0.301',
    '@opentelemetry/exporter-trace-otlp-http@0.301',
  ],
  'otlp-previous': [
    '@opentelemetry/api@1',
    '@opentelemetry/sdk-trace-node@1',
    '@opentelemetry/resources@1',
    '@opentelemetry/exporter-trace-otlp-proto@0.57',
    '@opentelemetry/exporter-trace-otlp-http@0.57',
  ],
  'otlp-openinference': [
    ...SDK_2,
    '@opentelemetry/exporter-trace-otlp-proto@0.220',
    'openai@7',
    '@arizeai/openinference-instrumentation-openai@4',
  ],
  'otlp-traceloop': [
    ...SDK_2,
    '@opentelemetry/exporter-trace-otlp-proto@0.220',
    'openai@7',
    '@traceloop/instrumentation-openai@0.27',
  ],
  'otlp-ai': [
    ...SDK_2,
    '@opentelemetry/exporter-trace-otlp-http@0.220',
    'ai@7',
    '@ai-sdk/otel@1',
    '@ai-sdk/openai-compatible@3',
    'zod@4',
  ],
};

for (const [name, packages] of Object.entries(SENDERS)) {
  const folder = path.join(import.meta.dirname, '../../../.peers', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const words = ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', ...packages];
  const { status } = spawnSync('npm', words, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
