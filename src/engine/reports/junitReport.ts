import { sourceNotes } from '../model/answerSources.ts';
import { counted } from '../model/figures.ts';
import type { ClauseStatus, GateClause } from '../model/gateReport.ts';
import { formatLocation } from '../model/location.ts';
import { sourceNote, standsIn } from '../model/replySource.ts';
import type { TrialResult } from '../model/result.ts';
import type { GroupSummary } from '../model/summary.ts';
import { JUNIT } from '../telemetry/attributes.ts';
import { actualText, caseTitle, expectations, inputText, whyLines } from './caseText.ts';
import type { RunReport } from './runReport.ts';
import { xmlAttributes, xmlText } from './xml.ts';

/**
 * JUnit's XML as Jenkins reads it (xunit-plugin, junit-10.xsd): a test suite for each target, a test case for
 * each trial, and a suite for the gate, since a run may fail although each of its cases passed.
 */
export function* junitReport(reports: readonly RunReport[]): IterableIterator<string> {
  const gates = reports.map(gateTests);
  const counts = reports.flatMap(({ summary }) => summary.targets.map((entry) => suiteCounts(entry.summary)));
  const total = [...counts, ...gates.map(gateCounts)].reduce(add, { tests: 0, failures: 0, errors: 0 });
  const time = seconds(reports.reduce((sum, { run }) => sum + run.elapsedMs, 0));
  yield `<?xml version="1.0" encoding="UTF-8"?>\n`;
  yield `<testsuites${xmlAttributes({ name: 'touchstone', ...total, time })}>\n`;

  for (const [index, report] of reports.entries()) {
    yield* targetSuites(report);
    yield* gateSuite(report, gates[index] ?? []);
  }

  yield '</testsuites>\n';
}

interface Counts {
  tests: number;
  failures: number;
  errors: number;
}

/**
 * Results come in the order of the plan's targets; a target without any has an empty suite. Targets run side
 * by side, so a suite has no time of its own.
 */
function* targetSuites(report: RunReport): IterableIterator<string> {
  const results = report.results()[Symbol.iterator]();
  let next = results.next();
  for (const { target, summary } of report.summary.targets) {
    yield openSuite(`${report.run.plan.suite}.${target}`, report, {
      ...suiteCounts(summary),
      skipped: 0,
    });
    yield* properties(report, target);
    for (; !next.done && next.value.target === target; next = results.next())
      yield testCase(report, next.value);
    yield '  </testsuite>\n';
  }
}

function openSuite(name: string, { run }: RunReport, more: { [name: string]: string | number }): string {
  const timestamp = new Date(run.createdAt).toISOString().slice(0, 19);
  return `  <testsuite${xmlAttributes({ name, ...more, timestamp })}>\n`;
}

function* properties({ run, summary }: RunReport, target: string): IterableIterator<string> {
  const { plan } = run;
  const notes = sourceNotes(summary.sources, summary.total.trials);
  const values = {
    [JUNIT.run]: run.id,
    [JUNIT.suite]: plan.suite,
    [JUNIT.target]: target,
    [JUNIT.dataset]: plan.dataset.path,
    [JUNIT.datasetVersion]: plan.dataset.version,
    [JUNIT.repeat]: plan.repeat,
    [JUNIT.seed]: plan.seed,
    ...(notes.length > 0 ? { [JUNIT.sources]: notes.join('; ') } : {}),
  };
  yield '    <properties>\n';
  for (const [name, value] of Object.entries(values))
    yield `      <property${xmlAttributes({ name, value })}/>\n`;
  yield '    </properties>\n';
}

function testCase(report: RunReport, result: TrialResult): string {
  const { plan } = report.run;
  const title = caseTitle(result.caseId, report.caseAt(result.caseIndex)?.case);
  const open = `    <testcase${xmlAttributes({
    name: plan.repeat > 1 ? `${title} (trial ${result.trial + 1})` : title,
    classname: `${plan.suite}.${result.target}`,
    time: seconds(result.output.latencyMs),
  })}`;
  if (result.status === 'passed') return `${open}${passedBody(result)}\n`;

  const [element, type] = result.status === 'failed' ? ['failure', 'failed'] : ['error', errorType(result)];
  const why = whyLines(result);
  const message = result.status === 'failed' ? (why[0] ?? result.reason) : result.reason;
  const body = xmlText(describe(report, result, why));

  return `${open}>\n      <${element}${xmlAttributes({ message, type })}>${body}</${element}>\n    </testcase>\n`;
}

/** Where an output of a passed trial comes from, where that has to be said. */
function passedBody({ output: { source } }: TrialResult): string {
  if (!source) return '/>';
  return `>\n      <system-out>${xmlText(sourceNote(source))}</system-out>\n    </testcase>`;
}

function errorType({ output }: TrialResult): string {
  if (output.status === 'error') return output.error.code;
  if (output.status === 'incomplete') return 'incomplete';
  return standsIn(output.source) ? 'fallback' : 'not-measured';
}

function describe(report: RunReport, result: TrialResult, why: readonly string[]): string {
  const located = report.caseAt(result.caseIndex);
  const parts: [string, string][] = [
    ['input', located ? inputText(located.case) : ''],
    ['expected', located ? expectations(located.case).join('\n') : ''],
    ['actual', actualText(result.output)],
    ['source', result.output.source ? sourceNote(result.output.source) : ''],
    ['why', why.join('\n')],
    ['case', located ? formatLocation(located.location) : ''],
    ['trace', result.traceId],
  ];

  return parts
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}: ${text}`)
    .join('\n');
}

interface GateTest {
  clause: GateClause;
  /** How a CI server counts it. */
  outcome: 'passed' | 'failure' | 'error' | 'skipped';
}

/** A run that is not complete never looks whole, with or without a gate. */
function gateTests({ gate, passed, summary }: RunReport): GateTest[] {
  if (gate) return gate.clauses.map((clause) => ({ clause, outcome: outcomeOf(clause.status, passed) }));
  if (summary.missing === 0 && summary.total.trials > 0) return [];
  const reason =
    summary.total.trials === 0
      ? 'nothing was measured'
      : [
          `${counted(summary.missing, 'trial is', 'trials are')} missing`,
          ...(summary.stopped === undefined ? [] : [summary.stopped]),
        ].join(': ');
  return [{ clause: { name: 'complete', status: 'undecided', reason }, outcome: 'error' }];
}

/** What could not be decided is an error, unless the policy lets it pass. */
function outcomeOf(status: ClauseStatus, gatePassed: boolean): GateTest['outcome'] {
  switch (status) {
    case 'pass':
      return 'passed';
    case 'fail':
      return 'failure';
    case 'undecided':
      return gatePassed ? 'skipped' : 'error';
    case 'not-asked':
      return 'skipped';
  }
}

function* gateSuite(report: RunReport, tests: readonly GateTest[]): IterableIterator<string> {
  if (tests.length === 0) return;
  const skipped = tests.filter(({ outcome }) => outcome === 'skipped').length;
  const name = `${report.run.plan.suite}.gate`;
  yield openSuite(name, report, { ...gateCounts(tests), skipped });
  for (const { clause, outcome } of tests) {
    const open = `    <testcase${xmlAttributes({ name: clause.name, classname: name, time: '0' })}`;
    const message = xmlAttributes({ message: clause.reason, type: clause.status });
    yield outcome === 'passed' ? `${open}/>\n` : `${open}>\n      <${outcome}${message}/>\n    </testcase>\n`;
  }
  yield '  </testsuite>\n';
}

function gateCounts(tests: readonly GateTest[]): Counts {
  const count = (wanted: GateTest['outcome']): number =>
    tests.filter(({ outcome }) => outcome === wanted).length;
  return { tests: tests.length, failures: count('failure'), errors: count('error') };
}

function suiteCounts({ trials, failed, errored }: GroupSummary): Counts {
  return { tests: trials, failures: failed, errors: errored };
}

function add(a: Counts, b: Counts): Counts {
  return { tests: a.tests + b.tests, failures: a.failures + b.failures, errors: a.errors + b.errors };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
