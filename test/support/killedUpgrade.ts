import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';

/** Opens a store to be written, of runs or of traces, and is killed at the n-th thing that it asks of SQLite; says `opened` where it asked less. */
const [file = '', at = '', kind = 'runs'] = process.argv.slice(2);
let left = Number(at);

function die(): void {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  die();
  exec.call(this, sql);
};
DatabaseSync.prototype.prepare = function (sql) {
  die();
  return prepare.call(this, sql);
};
// The copy is made by a statement: it is killed when that is done, and nothing follows from it yet.
const { run } = StatementSync.prototype;
Object.defineProperty(StatementSync.prototype, 'run', {
  value(this: StatementSync, ...values: SQLInputValue[]) {
    const result: unknown = Reflect.apply(run, this, values);
    die();
    return result;
  },
});

if (kind === 'traces') new TraceStore(file);
else new RunStore(file);
process.stdout.write('opened');
