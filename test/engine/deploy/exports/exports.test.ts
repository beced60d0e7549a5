import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, it } from 'mocha';
import type { Sample } from '../../../../src/engine/deploy/evidence/sample.ts';
import { argoRollouts } from '../../../../src/engine/deploy/exports/argoRollouts.ts';
import { flagger } from '../../../../src/engine/deploy/exports/flagger.ts';
import { judgeStep } from '../../../../src/engine/deploy/judge/judgeStep.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/engine/model/json.ts';
import type { DeploymentConfig } from '../../../../src/engine/suites/deploying/deploymentConfig.ts';
import { deploymentWith, STEP_MS, samples } from '../../../support/deploy/judgedSamples.ts';
import {
  argoMetric,
  argoStep,
  documentsOf,
  type Exportable,
  flaggerTick,
  type Said,
} from '../../../support/deploy/otherControllers.ts';

const KUBERNETES = {
  kind: 'kubernetes',
  namespace: 'shop',
  deployment: 'support',
  service: 'support',
  httpRoute: 'support',
} as const;
const PROMETHEUS = [
  {
    name: 'Cold starts',
    url: 'http://prometheus:9090',
    query: 'x{v="{{green}}"}[{{window}}]',
    max: 5,
    min: 0.5,
  },
];
const FULL: DeploymentConfig = {
  ...deploymentWith(
    { undecided: 'extend', earlyPassMs: 60_000, confirm: true },
    { prometheus: PROMETHEUS, goldenCases: true, shadowPairs: true },
  ),
  ...{ name: 'Support Desk', router: KUBERNETES },
};
const exported = (config: DeploymentConfig) => ({
  config,
  gate: undefined,
  gateUrl: 'http://gate:4330',
  secret: 'gate',
});

describe('exports of a deployment', () => {
  for (const [controller, write] of [
    ['argo-rollouts', argoRollouts],
    ['flagger', flagger],
  ] as const)
    for (const [name, config] of [
      ['with everything', FULL],
      ['of a local route', deploymentWith()],
    ] as const)
      it(`${controller}, ${name}: the published schemas of its resources take it, and know every key`, () => {
        const documents = documentsOf(write(exported(config)).yaml);
        assert.ok(documents.length > 0);
        for (const document of documents) {
          const validate = schemaOf(controller, document.kind);
          assert.ok(validate(document), `${document.kind}: ${JSON.stringify(validate.errors, null, 1)}`);
        }
      });

  it('tells what could not be said, above the objects', () => {
    for (const write of [argoRollouts, flagger]) {
      const { yaml, notSaid } = write(exported(FULL));
      for (const word of ['early_pass', 'golden_cases', 'shadow_pairs', 'undecided: extend'])
        assert.ok(
          notSaid.some((line) => line.startsWith(word)),
          word,
        );
      for (const line of notSaid) assert.ok(yaml.includes(`# not expressed: ${line}\n`), line);
    }
  });

  it('gives every figure a name of its own that a cluster takes', () => {
    const names = ['error rate', 'error-rate', '誤り率', '遅延', 'x'.repeat(90)];
    const prometheus = names.map((name) => ({ name, url: 'http://prometheus:9090', query: 'x', max: 1 }));
    const config = { ...FULL, name: 'n'.repeat(90), evidence: { ...FULL.evidence, prometheus } };
    const metricsOf = (document: JsonObject | undefined, ...keys: string[]) => {
      let found: JsonValue | undefined = document;
      for (const key of keys) found = isJsonObject(found ?? null) ? (found as JsonObject)[key] : undefined;
      return (found as JsonObject[]).map(({ name }) => String(name));
    };

    const argo = documentsOf(argoRollouts(exported(config)).yaml);
    const canary = documentsOf(flagger(exported(config)).yaml);
    const objects = canary.map(({ metadata }) => String((metadata as JsonObject)['name']));
    for (const all of [metricsOf(argo[0], 'spec', 'metrics').slice(1), objects]) {
      assert.equal(new Set(all).size, all.length);
      for (const name of all) assert.match(name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }
    assert.equal(objects.length, names.length + 1);
  });

  it('fills in what another controller calls both versions', () => {
    assert.match(argoRollouts(exported(FULL)).yaml, /x\{v="\{\{args\.canary\}\}"\}\[600s\]/);
    assert.match(flagger(exported(FULL)).yaml, /x\{v="\{\{ target \}\}"\}\[\{\{ interval \}\}\]/);
  });

  it('Argo: each step has its weight, its hold and the gate', () => {
    const rollout = documentsOf(argoRollouts(exported(deploymentWith())).yaml).find(
      ({ kind }) => kind === 'Rollout',
    );
    const { steps } = rollout.spec.strategy.canary;
    assert.deepEqual(
      steps.filter((step: Exportable) => step.setWeight).map((step: Exportable) => step.setWeight),
      [1, 10, 25, 50, 75, 100],
    );
    assert.deepEqual(steps.slice(0, 2), [{ setWeight: 1 }, { pause: { duration: '600s' } }]);
    assert.equal(steps[2].analysis.args.at(-1).value, '0');
  });
});

/** Metrics as they were recorded: what came in of both versions until each look of a step. */
const RECORDED: [string, (look: number) => Sample[]][] = [
  ['equal versions', (look) => [...samples('green', 40 * look), ...samples('blue', 40 * look)]],
  ['no traffic', () => []],
  ['traffic that stops after the first look', () => [...samples('green', 5), ...samples('blue', 5)]],
  [
    'errors alone',
    (look) => [...samples('green', 4 * look, () => ({ isError: true })), ...samples('blue', 4 * look)],
  ],
  [
    'a few errors more',
    (look) => [
      ...samples('green', 30 * look, (at) => ({ isError: at % 20 === 0 })),
      ...samples('blue', 30 * look),
    ],
  ],
  [
    'a judge that is down',
    (look) => [
      ...samples('green', 40 * look, () => ({ quality: null })),
      ...samples('blue', 40 * look, () => ({ quality: null })),
    ],
  ],
];

describe('other controllers at the gate, over recorded metrics', () => {
  const config = deploymentWith();
  const gate = { undecided: 'fail', minPassRate: { overall: 0.8, tags: {} } } as const;
  const argo = documentsOf(argoRollouts(exported(config)).yaml);
  const canary = documentsOf(flagger(exported(config)).yaml).find(({ kind }) => kind === 'Canary');
  const VALUES = { pass: 1, undecided: 0, fail: -1 } as const;

  for (const [name, recorded] of RECORDED)
    it(`${name}: decide as the judge does`, () => {
      const judgeOf = name.includes('judge') ? gate : undefined;
      const looks = [1, 2, 3, 4].map((look) => {
        const step = { index: 3, sinceMs: 0, untilMs: STEP_MS, hasBlue: true };
        const evidence = { samples: recorded(look), figures: [], problems: [] };
        return judgeStep(config, judgeOf, step, evidence, (STEP_MS * look) / 4).status;
      });
      const said = looks.map((status) => VALUES[status]);
      const atEnd = looks.at(-1) ?? 'undecided';
      const failed = looks.includes('fail');

      const ours = failed ? 'rollback' : atEnd === 'pass' ? 'advance' : 'pause';
      const words = { advance: 'advance', pause: 'pause', abort: 'rollback' } as const;
      assert.equal(words[argoStep(argo, said, said.slice(-1))], ours);

      const statusOf = (path: string) => {
        if (path.endsWith('/rollback')) return failed ? 200 : 409;
        return atEnd === 'pass' ? 200 : 409;
      };
      assert.equal(flaggerTick(canary, statusOf), ours === 'pause' ? 'wait' : ours);
    });

  it('no data, an empty answer or a gate that cannot be asked never lets Argo pass', () => {
    const metric = argo
      .flatMap(({ spec }) => spec.metrics ?? [])
      .find((one: Exportable) => one.name === 'gate');
    const CASES: [readonly Said[], string][] = [
      [[0], 'Inconclusive'],
      [['unreachable', 'unreachable', 0], 'Inconclusive'],
      [Array(5).fill('unreachable'), 'Error'],
      [['unreachable', 1], 'Successful'],
      [[-1], 'Failed'],
    ];
    for (const [said, phase] of CASES) assert.equal(argoMetric(metric, said), phase, JSON.stringify(said));
  });

  it('Flagger: a gate that cannot be asked moves nothing', () =>
    assert.equal(
      flaggerTick(canary, () => 503),
      'wait',
    ));
});

/** The schema of a kind; keys that it does not know are refused, which a cluster would drop without a word. */
function schemaOf(controller: string, kind: string) {
  const file = path.join(import.meta.dirname, '..', '..', '..', 'fixtures', 'crds', `${controller}.json`);
  const { kinds } = JSON.parse(readFileSync(file, 'utf8')) as { kinds: { [kind: string]: JsonObject } };
  const schema = closed(kinds[kind] ?? {}) as JsonObject;
  const metadata = {
    type: 'object',
    properties: { name: { type: 'string', pattern: '^[a-z0-9.-]+$' }, namespace: { type: 'string' } },
    additionalProperties: false,
  };
  const properties = { ...(schema['properties'] as JsonObject), metadata };
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({
    ...schema,
    properties,
  });
}

function closed(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isJsonObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = inner['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in inner;
  return isJsonObject(inner['properties'] ?? null) && inner['type'] === 'object' && !isOpen
    ? { ...inner, additionalProperties: false }
    : inner;
}
