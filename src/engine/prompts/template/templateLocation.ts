import type { SourceLocation } from '../../model/location.ts';
import type { Prompt } from '../../model/prompt.ts';

/**
 * The place in the file of an offset in a message's template. Exact where the template is a stretch of the
 * file, in YAML block texts, and in JSON and YAML texts on one line without unusual escapes; otherwise the
 * line is right as far as the file's own line breaks tell.
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
