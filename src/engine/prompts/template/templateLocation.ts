import type { SourceLocation } from '../../model/location.ts';
import type { Prompt } from '../../model/prompt.ts';

/**
 * The location in the file of an offset in a message's template. Exact if the template is a range of the file, in YAML
 * block scalars, and in JSON and YAML strings on one line without unusual escapes; otherwise only the line is
 * reliable.
 */
export function templateLocation(
  prompt: Pick<Prompt, 'path' | 'format' | 'messages' | 'body'>,
  message: number,
  offset: number,
): SourceLocation {
  const found = prompt.messages[message];
  if (found === undefined) return { path: prompt.path, line: prompt.body.line, column: prompt.body.column };

  const { range, template } = found;
  const before = template.slice(0, offset);
  if (prompt.format === 'chat-json') {
    return { path: prompt.path, line: range.line, column: range.column + JSON.stringify(before).length - 2 };
  }

  const line = before.split('\n').length - 1;
  const column = offset - (before.lastIndexOf('\n') + 1);
  if (range.line + line > range.endLine) return { path: prompt.path, line: range.line, column: range.column };

  // Further lines of a YAML block text are indented as its first; those of a file's own text are not.
  const indent = line === 0 || prompt.format === 'github-prompt' ? range.column : 1;
  return { path: prompt.path, line: range.line + line, column: indent + column };
}
