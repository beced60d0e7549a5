import { FileError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { ownEnvironment, programEnvironment } from '../config/environmentTemplates.ts';
import { type PromptfooReader, readReference } from '../config/promptfooReader.ts';
import type { PromptfooProgram } from '../scripts/promptfooProgram.ts';
import type { PromptfooCall } from './promptfooProvider.ts';

const JAVASCRIPT = /^(?:file:\/\/)?([^:]+\.[cm]?[jt]s)(?::([\w$]+))?$/;
const PYTHON = /^(?:python:)?(?:file:\/\/)?([^:]+\.py)(?::([A-Za-z_]\w*))?$/;

/**
 * The module that a text names, e.g. `file://provider.mjs` or `python:agent.py:answer`; undefined for what names none.
 * Throws FileError when it cannot be read.
 */
export function programAt(
  reader: PromptfooReader,
  text: string,
  location: SourceLocation,
  env: Record<string, string> = {},
): PromptfooProgram | undefined {
  const script = JAVASCRIPT.exec(text);
  const [, reference, name] = script ?? PYTHON.exec(text) ?? [];
  if (reference === undefined) return undefined;
  return {
    language: script ? 'javascript' : 'python',
    file: readReference(reader, reference, location).absolute,
    ...defined({ function: name }),
    cwd: reader.base,
    env: programEnvironment(reader.env, env),
  };
}

/** A provider that is a module, or that is not supported. */
export function programCall(
  reader: PromptfooReader,
  id: string,
  entry: JsonObject,
  config: JsonObject,
  location: SourceLocation,
): PromptfooCall {
  try {
    const program = programAt(reader, id, location, ownEnvironment(entry['env']));
    if (!program) return { kind: 'unsupported', reason: `the provider "${id}" is not supported` };
    const { label } = entry;
    return {
      kind: 'program',
      ...program,
      options: { id, ...defined({ label }), config },
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: 'unsupported', reason: `the provider "${id}" cannot be read: ${error.message}` };
  }
}
