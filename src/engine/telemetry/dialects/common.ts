import type { AgentSpan, CodePlace } from '../../model/agentSpan.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GENERAL } from '../attributes.ts';
import type { SpanFields } from './spanFields.ts';

/** What OpenTelemetry's general conventions say, whatever the framework. */
export function sessionAndUser(fields: SpanFields): Pick<AgentSpan, 'session' | 'user'> {
  return {
    session: fields.text('session.id', 'thread.id.conversation'),
    user: fields.text('user.id', 'enduser.id'),
  };
}

/** Where in the code the span comes from, by the names of today and the former ones. */
export function codePlace(fields: SpanFields): CodePlace | null {
  const file = fields.text('code.file.path', 'code.filepath');
  const line = fields.count('code.line.number', 'code.lineno');
  const column = fields.count('code.column.number', 'code.column');
  const name = fields.text('code.function.name', 'code.function');
  return file === null ? null : { file, line, column, function: name };
}

/** What went wrong: the exception that was recorded, else the status. */
export function errorOf(record: SpanRecord, fields: SpanFields): AgentSpan['error'] {
  const exception = record.events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  const kind = fields.text(GENERAL.errorType);
  const said = fields.text('error.message');
  if (record.status !== 'error') return null;

  const type = typeof exception['exception.type'] === 'string' ? exception['exception.type'] : kind;
  const message = exception['exception.message'] ?? said ?? record.statusMessage ?? type ?? 'failed';
  return { type, message: firstLine(String(message)) };
}

/** Some put the whole stack into the status. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
