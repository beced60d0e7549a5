import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EvaluatorDeps } from '../../../../src/engine/evaluators/evaluator.ts';
import {
  createModuleRunner,
  type ScriptRunner,
} from '../../../../src/engine/evaluators/scripts/scriptRunner.ts';
import type { Score } from '../../../../src/engine/model/evaluation.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { depsWith, evaluatorOf, inputWith, scriptsWith } from '../evaluating.ts';

/** Stands for node-sql-parser: a statement is SELECT, one table is allowed, and it never ends for LOOP. */
const PARSER = `
exports.Parser = class {
  astify(sql, { database }) {
    if (database === 'Nope') throw new Error('Nope is not supported currently');
    while (sql === 'LOOP') ;
    const error = Object.assign(new Error('Expected SELECT'), { location: { start: { line: 1, column: 1 } } });
    if (!/^select /i.test(sql.trim())) throw error;
  }
  whiteListCheck(sql, list, { type }) {
    if (!list.some((item) => sql.includes(item.split('::')[2]))) throw new Error("authority = '" + type + ' ' + list + "' is required in " + type + ' whiteList');
  }
};
`;

describe('is-sql and contains-sql', () => {
  let root = '';
  let runner: ScriptRunner | undefined;
  let deps: EvaluatorDeps = depsWith();

  const install = () => {
    const folder = path.join(root, 'node_modules', 'node-sql-parser');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'index.js'), PARSER);
  };
  const judge = async (entry: JsonValue, text: string): Promise<Score> =>
    evaluatorOf(entry, deps).evaluate(inputWith(text), {
      signal: new AbortController().signal,
      span: noSpan,
    });
  const passes = async (entry: JsonValue, text: string): Promise<boolean> => {
    const score = await judge(entry, text);
    assert.ok(score.status === 'scored', score.reason);
    return score.pass;
  };

  beforeEach(() => {
    root = temporaryFolder();
    runner = createModuleRunner({ timeoutMs: 10_000, env: { PATH: process.env['PATH'] ?? '' }, cwd: root });
    deps = depsWith({ scripts: scriptsWith({ modules: runner }) });
  });
  afterEach(async () => {
    await runner?.close();
  });

  it('asks the parser that the workspace has', async () => {
    install();
    assert.equal(await passes('is-sql', 'SELECT id FROM users'), true);
    assert.equal(await passes('not-is-sql', 'SELECT id FROM users'), false);
    const wrong = await judge('is-sql', 'SELCT id');
    assert.equal(wrong.reason, 'not valid MySQL: 1:1: Expected SELECT');
  });
  it('finds a parser that came with promptfoo', async () => {
    const promptfoo = path.join(root, 'node_modules', 'promptfoo');
    mkdirSync(path.join(promptfoo, 'node_modules', 'node-sql-parser'), { recursive: true });
    writeFileSync(path.join(promptfoo, 'index.js'), '');
    writeFileSync(path.join(promptfoo, 'node_modules', 'node-sql-parser', 'index.js'), PARSER);
    assert.equal(await passes('is-sql', 'SELECT id FROM users'), true);
  });
  it('measures nothing where there is no parser, and says what to do', async () => {
    for (const type of ['is-sql', 'not-is-sql', 'contains-sql', 'not-contains-sql']) {
      const score = await judge(type, 'SELECT id FROM users');
      assert.equal(score.status, 'error');
      assert.match(score.reason, /npm install --save-dev node-sql-parser$/);
    }
  });
  it('looks for what parsers let pass', async () => {
    install();
    for (const text of [
      'SELECT id name FROM users',
      'SELECT `id FROM users',
      'SELECT * FROM generate_series(1)',
    ])
      assert.equal(await passes('is-sql', text), false, text);
    for (const text of ["SELECT 'a b' FROM x", 'SELECT id -- a b\nFROM x', 'SELECT /* a b */ id FROM x'])
      assert.equal(await passes('is-sql', text), true, text);
  });
  it('holds it to tables and columns', async () => {
    install();
    const tables = { type: 'is-sql', value: { allowedTables: ['select::null::users'] } };
    assert.equal(await passes(tables, 'SELECT id FROM users'), true);
    assert.match(
      (await judge(tables, 'SELECT id FROM x')).reason,
      /^this access to tables is not allowed: table select::null::users$/,
    );
    const columns = { 'is-sql': { allowedColumns: ['select::users::id'] } };
    assert.match(
      (await judge(columns, 'SELECT x FROM y')).reason,
      /^this access to columns is not allowed: .*select::users::id,select::null::id$/,
    );
  });
  it('reads code blocks, or the whole output where there are none', async () => {
    install();
    for (const text of [
      '```sql\nSELECT 1\n```',
      'so:\n~~~\nselect 1\n~~~',
      '```\nx\n```\n```SQL\nSELECT 1\n```',
      'SELECT 1',
    ])
      assert.equal(await passes('contains-sql', text), true, text);
    for (const text of ['', '```sql\n```', '```js\nSELECT 1\n```', 'Try SELECT 1', '```sql\nSELECT 1'])
      assert.equal(await passes('contains-sql', text), false, text);
  });
  it('measures nothing for a database that the parser does not know, and for texts without end', async () => {
    install();
    const unknown = await judge({ 'is-sql': { databaseType: 'Nope' } }, 'SELECT 1');
    assert.deepEqual(
      [unknown.status, unknown.reason],
      ['error', 'node-sql-parser does not support the dialect "Nope"'],
    );
    assert.equal((await judge('not-is-sql', 'x'.repeat(100_001))).status, 'error');
  });
  it('ends a parser that does not', async () => {
    install();
    await runner?.close();
    runner = createModuleRunner({ timeoutMs: 1000, env: { PATH: process.env['PATH'] ?? '' }, cwd: root });
    deps = depsWith({ scripts: scriptsWith({ modules: runner }) });
    await assert.rejects(judge('is-sql', 'LOOP'), { name: 'ScriptError' });
  });
  it('runs code of the workspace only where that is trusted', () => {
    deps = depsWith();
    assert.throws(() => evaluatorOf('is-sql', deps), { name: 'ConfigError', message: /not trusted to run/ });
  });
  it('refuses values of other forms, with the place', () => {
    for (const value of ['MySQL', ['users'], { tables: ['x'] }, { allowedTables: 'users' }])
      assert.throws(() => evaluatorOf({ type: 'is-sql', value }, deps), {
        name: 'ConfigError',
        where: { path: 'touchstone.yaml', line: 7, column: 5 },
      });
  });
});
