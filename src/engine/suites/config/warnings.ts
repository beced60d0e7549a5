import { evaluatorTypes } from '../../evaluators/registry.ts';
import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject } from '../../model/json.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import type { SuiteConfig } from './suiteConfig.ts';

/** Warns of settings of a usable suite that do not do what they seem to. */
export function warnAbout(reader: ConfigReader, suite: SuiteConfig): void {
  const at: Pointer = ['suites', suite.name];
  warnOfNoGate(reader, suite, at);
  warnOfFlakyShare(reader, suite, at);
  warnOfAudit(reader, suite, at);
  warnOfLowMinimum(reader, suite, at);
}

function warnOfNoGate(reader: ConfigReader, suite: SuiteConfig, at: Pointer): void {
  if (suite.gate === undefined) {
    reportKey(reader, at, {
      severity: 'warning',
      code: 'no-gate',
      message: `the suite "${suite.name}" has no gate, so a single failed trial fails the run`,
      remedy: 'Say what is good enough, e.g. gate: { min_pass_rate: 0.9 }.',
    });

    return;
  }

  const { undecided: _undecided, ...conditions } = suite.gate;
  if (Object.keys(conditions).length > 0) return;

  reportKey(reader, [...at, 'gate'], {
    severity: 'warning',
    code: 'empty-gate',
    message: `the gate of "${suite.name}" asks for nothing, so it passes whatever the results are`,
    remedy: 'Add a condition, e.g. min_pass_rate: 0.9.',
  });
}

function warnOfFlakyShare(reader: ConfigReader, suite: SuiteConfig, at: Pointer): void {
  if (suite.gate?.maxFlakyShare === undefined || suite.repeat > 1) return;
  reportAt(reader, [...at, 'gate', 'max_flaky_share'], {
    severity: 'warning',
    code: 'flaky-share-without-repeat',
    message: 'flaky cases show only when each case is run more than once',
    remedy: 'Set repeat to 2 or more.',
  });
}

function warnOfAudit(reader: ConfigReader, suite: SuiteConfig, at: Pointer): void {
  if (suite.cascade.audit === 0 || suite.evaluators.some((spec) => stageOf(spec.type) === 'judge')) return;
  reportAt(reader, [...at, 'cascade', 'audit'], {
    severity: 'warning',
    code: 'audit-without-judge',
    message: 'an audit share does nothing in a suite without a judge',
    remedy: 'Add a judge such as rubric, or remove "audit".',
  });
}

/** An output that just passes its only lexical evaluator still fails when the suite asks more of the stage. */
function warnOfLowMinimum(reader: ConfigReader, suite: SuiteConfig, at: Pointer): void {
  const needed = suite.cascade.thresholds.lexical;
  const [only, ...more] = suite.evaluators.filter((spec) => stageOf(spec.type) === 'lexical');
  if (needed === undefined || suite.cascade.mode !== 'cascade' || !only || more.length > 0) return;
  const min = minimumOf(only);
  if (min === undefined || min >= needed || only.negated) return;
  reportAt(reader, [...at, 'evaluators', suite.evaluators.indexOf(only), only.type, 'min'], {
    severity: 'warning',
    code: 'minimum-below-stage',
    message: `"${only.name}" passes from ${min}, but its stage fails below ${needed}`,
    remedy: `Raise "min" to ${needed}, or lower cascade.thresholds.lexical.`,
  });
}

/** The smallest score that passes, by its options or by default. */
function minimumOf({ type, options }: EvaluatorSpec): number | undefined {
  const read = evaluatorTypes().get(type)?.options.safeParse(options);
  const min = read?.success && isJsonObject(read.data) ? read.data['min'] : undefined;
  return typeof min === 'number' ? min : undefined;
}

function stageOf(type: string): string | undefined {
  return evaluatorTypes().get(type)?.stage;
}
