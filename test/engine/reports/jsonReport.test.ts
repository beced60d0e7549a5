import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, it } from 'mocha';
import { jsonlReport } from '../../../src/engine/reports/jsonlReport.ts';
import { jsonReport } from '../../../src/engine/reports/jsonReport.ts';
import { touchstone } from '../../support/commandLine.ts';
import { matchesGolden } from '../../support/goldenFile.ts';
import { sampleReport } from '../../support/sampleReport.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const file = new URL('../../../media/schemas/report-1.schema.json', import.meta.url);
const schema: AnySchemaObject = JSON.parse(readFileSync(file, 'utf8'));

/** The schema with every object closed: a key that it does not name is then an error. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && 'type' in copy ? { ...copy, additionalProperties: false } : copy;
}

function validator() {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true });
  addFormats.default(ajv);
  return ajv.compile(closed(schema) as AnySchemaObject);
}

function assertValid(text: string): void {
  const validate = validator();
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors, null, 2));
}

const WORKSPACE = {
  'touchstone.yaml': `suites:
  echo:
    dataset: cases.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }, is-json]
    repeat: 2
    gate: { min_pass_rate: { overall: 0.5, critical: 1 }, max_cost_usd: 1 }
`,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.2.0
test_cases:
  - { id: good, input: '{"a": "refund"}', tags: [critical], cluster: one }
  - { id: bad, input: { question: nothing }, expected_output: { answer: refund } }
  - { id: chat, messages: [{ role: user, content: the refund }] }
`,
};

describe('the JSON report', () => {
  it('of a real run is what the schema says, with no key that it does not describe', async () => {
    const folder = temporaryFolder(WORKSPACE);
    const { code } = await touchstone(folder, 'eval', '--no-progress', '-o', 'report.json');
    assert.equal(code, 1);
    const text = readFileSync(path.join(folder, 'report.json'), 'utf8');
    assertValid(text);
    const { runs } = JSON.parse(text);
    assert.deepEqual(
      runs[0].results.map((entry: { case_id: string; trial: number }) => [entry.case_id, entry.trial]),
      [
        ['good', 0],
        ['good', 1],
        ['bad', 0],
        ['bad', 1],
        ['chat', 0],
        ['chat', 1],
      ],
    );
  });

  it('is what the schema says for every kind of output, verdict and evaluation', () => {
    const reports = [sampleReport(), sampleReport({ gate: null, missing: 3 })];
    assertValid([...jsonReport(reports)].join(''));
    assertValid([...jsonReport([])].join(''));
  });

  it('keeps its keys in a stable order', () => {
    matchesGolden('reports/sample.json', [...jsonReport([sampleReport()])].join(''));
  });

  it('comes in pieces of at most one result', () => {
    const pieces = [...jsonReport([sampleReport()])].map((piece) => piece.split('"case_id"').length - 1);
    assert.equal(Math.max(...pieces), 1);
  });
});

describe('the schema of the JSON report', () => {
  it('refuses what no report says', () => {
    const validate = validator();
    const report = JSON.parse([...jsonReport([sampleReport()])].join(''));
    for (const break_ of [
      (copy: typeof report) => delete copy.runs[0].passed,
      (copy: typeof report) => (copy.runs[0].results[0].score = 1.5),
      (copy: typeof report) => (copy.runs[0].results[0].status = 'ok'),
      (copy: typeof report) => (copy.runs[0].summary.total.new_figure = 1),
      (copy: typeof report) => (copy.format_version = '2.0.0'),
    ]) {
      const copy = structuredClone(report);
      break_(copy);
      assert.equal(validate(copy), false, String(break_));
    }
  });

  it('describes every field', () => {
    assert.deepEqual(undescribed(schema, '#'), []);
  });
});

function undescribed(node: unknown, at: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties = Object.entries((node as { properties?: object }).properties ?? {});
  const missing = properties.filter(([, value]) => !describedIn(value)).map(([key]) => `${at}/${key}`);
  return [...missing, ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${at}/${key}`))];
}

function describedIn(value: { description?: string; $ref?: string }): boolean {
  const target = value.$ref?.replace('#/definitions/', '');
  return (value.description ?? schema['definitions'][target ?? '']?.description ?? '').length > 3;
}

describe('the JSONL report', () => {
  it('holds the run first, then one result a line', () => {
    const text = [...jsonlReport([sampleReport(), sampleReport({ id: 'second' })])].join('');
    const lines = text.trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line));
    const first = records.slice(0, 17);
    assert.equal(records.length, 34);
    assert.deepEqual(
      first.map(({ record }) => record),
      ['run', ...Array(16).fill('result')],
    );
    assert.equal(records[17].run.id, 'second');
    assert.ok(records.slice(18).every((entry) => entry.run_id === 'second'));
    const whole = JSON.parse([...jsonReport([sampleReport()])].join(''));
    const { record: _record, run_id: _run, ...result } = first[3];
    assert.deepEqual(result, whole.runs[0].results[2]);
    const { record: _r, format, format_version: version, ...head } = first[0];
    const { results: _results, ...expected } = whole.runs[0];
    assert.deepEqual(head, expected);
    assert.deepEqual([format, version], [whole.format, whole.format_version]);
  });
});
