import { z } from 'zod';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { ConfigReader } from './configReader.ts';
import { checkDestination, checkHeaders } from './destinationRules.ts';
import { checkEnvironmentAt } from './environmentRules.ts';
import { checkSchema } from './schemaProblems.ts';

const destination = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' })
    .describe(
      'OTLP endpoint, such as https://cloud.langfuse.com/api/public/otel; /v1/traces and /v1/logs are added to it.',
    ),
  headers: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe(
      'HTTP headers of each request. "${env:NAME}" is replaced by that environment variable; keys stand nowhere else.',
    ),
});

export const tracesFile = z
  .strictObject({
    forward: z
      .union([destination, z.array(destination).min(1).max(8)])
      .optional()
      .describe('Where the traces that Touchstone receives are sent on to: one OTLP endpoint, or several.'),
  })
  .describe('What happens to the traces that Touchstone receives.');

/** Another OTLP endpoint that gets what is received; values of its headers may hold `${env:NAME}`. */
export interface ForwardConfig {
  url: string;
  headers: { [name: string]: string };
}

export function toForward({ forward }: z.output<typeof tracesFile>): ForwardConfig[] {
  const all = forward === undefined ? [] : Array.isArray(forward) ? forward : [forward];
  return all.map(({ url, headers = {} }) => ({ url, headers }));
}

/** Reports where nothing can be sent. */
export function checkForward(reader: ConfigReader, file: z.output<typeof tracesFile>): void {
  const isList = Array.isArray(file.forward);
  for (const [index, { url, headers }] of toForward(file).entries()) {
    const at = ['traces', 'forward', ...(isList ? [index] : [])];
    checkDestination(reader, url, [...at, 'url'], 'traces');
    checkHeaders(reader, headers, [...at, 'headers']);
  }
}

/**
 * The same of a file as it stands, whatever else is wrong with it: for a process that runs no suites. Throws FileError for what is
 * no YAML.
 */
export function readForward(
  text: string,
  shownAs: string,
): { forward: ForwardConfig[]; problems: Problem[] } {
  const document = parseYaml(text, shownAs);
  const written = isJsonObject(document.value) ? document.value['traces'] : undefined;
  if (written === undefined) return { forward: [], problems: [] };

  const reader = { document, root: '', problems: [] };
  const file = checkSchema(reader, tracesFile, written, ['traces']);
  checkEnvironmentAt(reader, written, ['traces']);
  if (file) checkForward(reader, file);
  const problems: Problem[] = reader.problems;
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return { forward: file && !isBroken ? toForward(file) : [], problems };
}
