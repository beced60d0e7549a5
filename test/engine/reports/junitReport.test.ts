import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { junitReport } from '../../../src/engine/reports/junitReport.ts';
import type { RunReport } from '../../../src/engine/reports/runReport.ts';
import { matchesGolden } from '../../support/goldenFile.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { reportOf, sampleReport } from '../../support/sampleReport.ts';
import { readXml, type XmlElement } from '../../support/xmlReader.ts';

/** What Jenkins' xunit-plugin allows (junit-10.xsd): attributes with the required ones first, and children. */
const SHAPE: { [name: string]: { required: string[]; optional: string[]; children: string[] } } = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url', 'group'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { required: [], optional: [], children: ['property'] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { required: [], optional: ['type', 'message'], children: [] },
  error: { required: [], optional: ['type', 'message'], children: [] },
  skipped: { required: [], optional: ['type', 'message'], children: [] },
};

function read(reports: readonly RunReport[]): XmlElement {
  const root = readXml([...junitReport(reports)].join(''));
  assertShape(root);
  for (const suite of root.children) assertCounts(suite);
  for (const key of ['tests', 'failures', 'errors'])
    assert.equal(
      Number(root.attributes[key]),
      root.children.reduce((sum, { attributes }) => sum + Number(attributes[key]), 0),
    );
  return root;
}

function assertShape(element: XmlElement): void {
  const shape = SHAPE[element.name];
  assert.ok(shape, `<${element.name}> is unknown`);
  const names = Object.keys(element.attributes);
  for (const name of shape.required) assert.ok(names.includes(name), `${element.name} lacks ${name}`);
  for (const name of names)
    assert.ok([...shape.required, ...shape.optional].includes(name), `${element.name} has ${name}`);
  if (element.attributes['time'] !== undefined) assert.match(element.attributes['time'], /^\d+(\.\d+)?$/);
  for (const child of element.children) {
    assert.ok(shape.children.includes(child.name), `${child.name} in ${element.name}`);
    assertShape(child);
  }
}

function assertCounts(suite: XmlElement): void {
  const cases = suite.children.filter(({ name }) => name === 'testcase');
  const having = (name: string) =>
    cases.filter(({ children }) => children.some((child) => child.name === name));
  const counted = {
    tests: cases.length,
    failures: having('failure').length,
    errors: having('error').length,
    skipped: having('skipped').length,
  };
  for (const [key, count] of Object.entries(counted)) assert.equal(Number(suite.attributes[key]), count, key);
}

function suiteNamed(root: XmlElement, name: string): XmlElement {
  const found = root.children.find(({ attributes }) => attributes['name'] === name);
  assert.ok(found, `there is no suite ${name}`);
  return found;
}

describe('the JUnit report', () => {
  it('has a suite for each target and one for the gate, with counts that add up', () => {
    const root = read([sampleReport()]);
    assert.deepEqual(
      root.children.map(({ attributes }) => attributes['name']),
      ['fixture.agent v1', 'fixture.mini', 'fixture.gate'],
    );
    matchesGolden('reports/sample.junit.xml', [...junitReport([sampleReport()])].join(''));
  });

  it('tells failures from errors, with expected and actual', () => {
    const suite = suiteNamed(read([sampleReport()]), 'fixture.mini');
    const kinds = suite.children.flatMap(({ children }) =>
      children
        .filter(({ name }) => name !== 'property')
        .map(({ name, attributes }) => [name, attributes['type']]),
    );
    assert.deepEqual(kinds, [
      ['failure', 'failed'],
      ['error', 'incomplete'],
      ['error', 'incomplete'],
      ['error', 'timeout'],
      ['error', 'timeout'],
    ]);
    const failure = suite.children.flatMap(({ children }) => children).find(({ name }) => name === 'failure');
    assert.match(failure?.text ?? '', /expected: says: policy\ncalls: lookup\(\{"id":7\}\)/);
    assert.match(
      failure?.text ?? '',
      /actual: =1\+1 @octocat #12 <img src=x onerror=alert\(1\)> \]\]> ␛\[31mred␀/,
    );
    assert.match(failure?.attributes['message'] ?? '', /does not contain "policy" <b>/);
  });

  it('shows a gate that failed although every case passed', () => {
    const results = [trialResult({ output: complete('x', { costUsd: 2 }) })];
    const gate = { maxCostUsd: 1, undecided: 'fail' as const };
    const root = read([reportOf({ plan: plan({ cases: 1, gate }), cases: [], results })]);
    assert.deepEqual([root.attributes['tests'], root.attributes['failures']], ['2', '1']);
    const [test] = suiteNamed(root, 'fixture.gate').children;
    assert.equal(test?.attributes['name'], 'max_cost_usd');
    assert.match(test?.children[0]?.attributes['message'] ?? '', /^cost \$2.*, at most \$1/);
  });

  it('counts what could not be decided as an error, and what was not asked as skipped', () => {
    const results = [trialResult({ output: complete('x', { costUsd: null }) })];
    const gate = { maxCostUsd: 1, noRegression: ['critical'], undecided: 'fail' as const };
    const report = reportOf({ plan: plan({ cases: 1, gate }), cases: [], results });
    const suite = suiteNamed(read([report]), 'fixture.gate');
    assert.deepEqual(
      suite.children.map(({ attributes, children }) => [attributes['name'], children[0]?.name]),
      [
        ['no_regression[critical]', 'skipped'],
        ['max_cost_usd', 'error'],
      ],
    );
  });

  it('never shows a run that is not complete as whole', () => {
    for (const gate of [undefined, null]) {
      const report = sampleReport({ missing: 8, ...(gate === null ? { gate } : {}) });
      const root = read([report]);
      assert.equal(suiteNamed(root, 'fixture.mini').attributes['tests'], '0');
      const complete = suiteNamed(root, 'fixture.gate').children.find(
        ({ attributes }) => attributes['name'] === 'complete',
      );
      assert.equal(complete?.children[0]?.name, 'error');
    }
  });

  it('is well-formed whatever a model says', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
      fc.constantFrom(']]>', '<![CDATA[', '&amp;', '&#0;', '\ud800', '\ufffe', '\u0085', '-->', '<?xml'),
    );
    fc.assert(
      fc.property(text, (said) => {
        const result = trialResult({ status: 'failed', output: complete(said), tags: [] });
        const named = { ...result, caseId: said, reason: said, target: said };
        read([reportOf({ plan: plan({ targets: [said], cases: 1 }), cases: [], results: [named] })]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the line breaks of a message in its attribute', () => {
    const result = { ...trialResult({ status: 'failed' }), reason: 'a\n\t"b"' };
    const root = read([reportOf({ plan: plan({ cases: 1 }), cases: [], results: [result] })]);
    const test = root.children[0]?.children.find(({ name }) => name === 'testcase');
    assert.equal(test?.children[0]?.attributes['message'], 'a\n\t"b"');
  });
});
