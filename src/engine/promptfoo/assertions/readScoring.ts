import { ConfigError } from '../../errors.ts';
import type { WorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import type { JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { PromptfooReader } from '../config/promptfooReader.ts';
import { readScript, SCRIPT_FILE } from '../scripts/readScript.ts';

/** The export of a module that has no default one, as in promptfoo's `loadFunction`. */
const USUAL_NAME = 'func';

/** The function that `assertScoringFunction` names. Throws ConfigError when it is no JavaScript file, FileError as well. */
export function readScoring(
  reader: PromptfooReader,
  value: JsonValue,
  location: SourceLocation,
): WorkspaceScript {
  const [, file, name] = (typeof value === 'string' && SCRIPT_FILE.exec(value)) || [];
  if (file !== undefined) return readScript(reader, file, name, location, USUAL_NAME);
  throw new ConfigError(
    `"assertScoringFunction" is ${JSON.stringify(value)}, which names no JavaScript file`,
    { where: location, remedy: 'Write it as file://scoring.js, or file://scoring.js:name for an export.' },
  );
}
