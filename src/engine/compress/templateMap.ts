import type { Prompt } from '../model/prompt.ts';
import type { Edit } from './edit.ts';

/** Leads from a message's template to the stretch of the file that it was read from. */
export interface TemplateMap {
  /** An edit of the template as one of the file: offsets, and the text in the file's own writing. */
  toFile(edit: Edit): Edit;
  /** A file's offset in the template; clamped to it. */
  toTemplate(offset: number): number;
}

/**
 * The map of a message. Undefined where the file writes the text in a way that no edit fits into without
 * rewriting all of it: a folded or multi-line YAML text, an alias, unusual escapes.
 */
export function templateMap(file: string, prompt: Prompt, message: number): TemplateMap | undefined {
  const found = prompt.messages[message];
  if (found === undefined) return undefined;

  const { template, range } = found;
  const start = offsetAt(file, range.line, range.column);
  const end = offsetAt(file, range.endLine, range.endColumn);
  if (start === undefined || end === undefined) return undefined;

  if (file.slice(start, start + template.length) === template && end >= start + template.length) {
    const isQuoted = prompt.format === 'chat-json' || file[start - 1] === '"';
    return isQuoted ? quoted(file, template, start) : verbatim(template, start);
  }

  if (prompt.format === 'chat-json' || file[start - 1] === '"') return quoted(file, template, start);
  return prompt.format === 'github-prompt' ? indented(file, template, start, range.column - 1) : undefined;
}

function verbatim(template: string, start: number): TemplateMap {
  return {
    toFile: (edit) => ({ start: edit.start + start, end: edit.end + start, text: edit.text }),
    toTemplate: (offset) => Math.max(0, Math.min(template.length, offset - start)),
  };
}

/** A text between double quotes, as JSON and YAML write it. */
function quoted(file: string, template: string, start: number): TemplateMap | undefined {
  const starts: number[] = [];
  let at = start;
  for (let index = 0; index < template.length; index += 1) {
    starts.push(at);
    const mark = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/y;
    mark.lastIndex = at;
    const written = mark.exec(file)?.[0] ?? file.slice(at, at + 1);
    if (characterOf(written) !== template[index]) return undefined;
    at += written.length;
  }

  return mapped([...starts, at], (text) => JSON.stringify(text).slice(1, -1));
}

function characterOf(written: string): string | undefined {
  if (!written.startsWith('\\')) return written;
  const value: unknown = JSON.parse(`"${written}"`);
  return typeof value === 'string' ? value : undefined;
}

/** A YAML block text: every line of it stands behind the same indentation. */
function indented(file: string, template: string, start: number, indent: number): TemplateMap | undefined {
  const starts: number[] = [];
  let at = start;
  for (const [index, line] of template.split('\n').entries()) {
    if (index > 0) {
      // `at` is at the line break; a blank line may be shorter than the indentation.
      const feed = file.indexOf('\n', at);
      if (feed < 0 || file.slice(at, feed).trim() !== '') return undefined;

      starts.push(at);
      at = feed + 1;

      const spaces = /^ */.exec(file.slice(at, at + indent))?.[0].length ?? 0;
      if (spaces < indent && line !== '') {
        return line.trim() === '' && index === template.split('\n').length - 1
          ? mapped([...starts, at], (text) => text)
          : undefined;
      }

      at += spaces;
    }

    if (file.slice(at, at + line.length) !== line) return undefined;

    for (let offset = 0; offset < line.length; offset += 1) starts.push(at + offset);
    at += line.length;
  }

  return mapped([...starts, at], (text) => text.replaceAll('\n', `\n${' '.repeat(indent)}`));
}

/** `starts` holds the file's offset of each character of the template, and of its end. */
function mapped(starts: readonly number[], write: (text: string) => string): TemplateMap {
  const place = (offset: number) => starts[Math.min(offset, starts.length - 1)] ?? 0;
  return {
    toFile: (edit) => ({ start: place(edit.start), end: place(edit.end), text: write(edit.text) }),
    toTemplate(offset) {
      const at = starts.findIndex((start) => start >= offset);
      return at < 0 ? starts.length - 1 : at;
    },
  };
}

/** Line and column from 1, columns in UTF-16 code units. */
function offsetAt(text: string, line: number, column: number): number | undefined {
  let start = 0;
  for (let count = 1; count < line; count += 1) {
    const feed = text.indexOf('\n', start);
    if (feed < 0) return undefined;
    start = feed + 1;
  }
  return start + column - 1;
}
