import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, unmeasured } from '../../score.ts';
import { sqlScore, TOO_LONG, tooLong } from './isSql.ts';
import { sqlBlocks } from './sqlBlocks.ts';
import { type SqlOptions, sqlFromAssertion, sqlOption } from './sqlOption.ts';
import { createSqlReader } from './sqlParser.ts';

export const containsSql: EvaluatorDefinition<SqlOptions> = {
  type: 'contains-sql',
  stage: 'heuristic',
  summary:
    'A code block of the output is valid SQL, or the whole output if it has no code block. Requires the package node-sql-parser in the workspace.',
  options: sqlOption,
  fromAssertion: sqlFromAssertion,
  create(spec, options, deps) {
    const read = createSqlReader(spec, options, deps);
    return async ({ output }, { signal }) => {
      if (tooLong(output.text)) return unmeasured(TOO_LONG);
      const blocks = sqlBlocks(output.text);
      const texts = (blocks.length > 0 ? blocks : [output.text]).filter((text) => text.trim() !== '');
      if (texts.length === 0) return binary(false, 'contains no SQL');
      const readings = await read(texts, signal);
      if (typeof readings === 'string') return unmeasured(readings);
      const scores = texts.map((text, index) => sqlScore(text, readings[index], options));
      const passed = scores.find((score) => score.status === 'scored' && score.pass);
      return passed ?? scores.find((score) => score.status === 'error') ?? scores.at(-1) ?? NONE;
    };
  },
};

const NONE = binary(false, 'contains no SQL');
