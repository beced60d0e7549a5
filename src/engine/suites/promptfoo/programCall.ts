import { FileError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { ownEnvironment, programEnvironment } from './environmentTemplates.ts';
import type { PromptfooCall } from './plan.ts';
import { type PromptfooReader, readReference } from './promptfooReader.ts';

const JAVASCRIPT = /^(?:file:\/\/|(?=\.{1,2}\/))(.+\.[cm]?[jt]s)(?::([\w$]+))?$/;
const PYTHON = /^(?:python:|file:\/\/)(?:file:\/\/)?(.+\.py)(?::([A-Za-z_]\w*))?$/;

/** A provider that is a module in JavaScript or Python, e.g. `file://provider.mjs` or `python:agent.py:answer`. */
export function programCall(
  reader: PromptfooReader,
  id: string,
  entry: JsonObject,
  config: JsonObject,
  location: SourceLocation,
): PromptfooCall {
  const script = JAVASCRIPT.exec(id);
  const [, reference, name] = script ?? PYTHON.exec(id) ?? [];
  if (reference === undefined) {
    return { kind: 'unsupported', reason: `the provider "${id}" is not supported` };
  }
  try {
    return {
      kind: 'program',
      language: script ? 'javascript' : 'python',
      file: readReference(reader, reference, location).absolute,
      ...(name === undefined ? {} : { function: name }),
      cwd: reader.base,
      options: { id, ...(entry['label'] === undefined ? {} : { label: entry['label'] }), config },
      env: programEnvironment(reader.env, ownEnvironment(entry['env'])),
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: 'unsupported', reason: `the provider "${id}" cannot be read: ${error.message}` };
  }
}
