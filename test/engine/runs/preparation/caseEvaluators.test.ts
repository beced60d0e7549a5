import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import type { LocatedCase } from '../../../../src/engine/model/case.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { caseEvaluators } from '../../../../src/engine/runs/preparation/caseEvaluators.ts';
import { depsWith, inputWith } from '../../evaluators/evaluating.ts';

function caseAt(line: number, ...assertions: JsonObject[]): LocatedCase {
  return {
    case: { id: `case-${line}`, input: 'hello', assert: assertions },
    index: line,
    location: { path: 'cases.golden.yaml', line, column: 5 },
  };
}

function reasonOf(evaluator: Evaluator | undefined): string {
  const score = evaluator?.evaluate(inputWith('hello'), {
    signal: new AbortController().signal,
    span: noSpan,
  });
  assert.ok(score && !(score instanceof Promise));
  return score.reason ?? '';
}

describe('caseEvaluators', () => {
  const evaluatorsFor = caseEvaluators({ specs: [], takesPart: () => true, deps: depsWith() });

  it('compiles equal assertions of several cases once, and points from none to another case', () => {
    const first = evaluatorsFor(caseAt(3, { type: 'contains', value: 'hell' }));
    const second = evaluatorsFor(caseAt(9, { type: 'contains', value: 'hell' }));
    assert.equal(first[0], second[0]);
    assert.equal(first[0]?.spec.location, undefined);
  });

  it('says of an assertion that cannot be used where it stands, in each case that has it', () => {
    const places = [3, 9].map((line) =>
      reasonOf(evaluatorsFor(caseAt(line, { type: 'contians', value: 'x' }))[0]),
    );
    assert.match(places[0] ?? '', /cases\.golden\.yaml:3:5.*no assertion type "contians"/);
    assert.match(places[1] ?? '', /cases\.golden\.yaml:9:5.*no assertion type "contians"/);
  });

  it('has the stage of its type, though it cannot be used', () => {
    for (const [type, stage] of [
      ['rubric', 'judge'],
      ['llm-rubric', 'judge'],
      ['not-llm-rubric', 'judge'],
      ['context-faithfulness', 'judge'],
      ['search-rubric', 'judge'],
      ['similar', 'judge'],
      ['contians', 'heuristic'],
      ['regex', 'heuristic'],
    ] as const) {
      const [evaluator] = evaluatorsFor(caseAt(2, { type, value: '(' }));
      assert.equal(evaluator?.stage, stage, type);
    }
  });

  it('names the way in which its file names a judge', () => {
    const rubric = { type: 'llm-rubric', value: 'polite' };
    assert.match(
      reasonOf(evaluatorsFor(caseAt(2, rubric))[0]),
      /judge: provider\/model in the suite.*--judge/s,
    );
    const deps = depsWith({ judgeHint: 'Name one elsewhere.' });
    const other = caseEvaluators({ specs: [], takesPart: () => true, deps })(caseAt(2, rubric));
    assert.match(reasonOf(other[0]), /needs a judge model.*Name one elsewhere\./s);
  });

  it('keeps the other assertions of a case when one cannot be used', () => {
    const [broken, usable] = evaluatorsFor(
      caseAt(4, { type: 'regex', value: '(' }, { type: 'contains', value: 'hell' }),
    );
    assert.match(reasonOf(broken), /cases\.golden\.yaml:4:5/);
    assert.match(reasonOf(usable), /contains "hell"/);
  });
});
