import { EXPORT_OF, WRITE_LINE } from '../../processes/childSources.ts';
import { CALLABLE_ID } from './callableId.ts';

/**
 * Source of the process that runs assertions which are modules, the counterpart of scriptChild.ts: the code of a request
 * is the module's path from the process's own folder, with the name of its export behind a `#`. It is imported from where
 * it stands, so that it may import others.
 */
export const MODULE_CHILD = `
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

${WRITE_LINE}
${EXPORT_OF}
const say = (message) => writeLine(3, message);

const callableId = ${CALLABLE_ID};

async function run({ code, scope }) {
  const url = new URL(code, pathToFileURL(process.cwd() + '/'));
  const name = decodeURIComponent(url.hash.slice(1));
  url.hash = '';
  const call = await exportOf(url.href, name);
  if (typeof call !== 'function') throw new TypeError('the module exports no function' + (name && ' ' + name));
  const { output, context } = JSON.parse(scope);
  callableId(context?.provider);
  return call(output, context);
}

function answer(value) {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return { error: 'the script returned ' + typeof value };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { error: 'the script returned ' + value };
  return { value };
}

process.on('unhandledRejection', () => {});
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const message = await run(JSON.parse(line)).then(answer).catch((error) => ({
    error: error instanceof Error ? error.name + ': ' + error.message : String(error),
  }));
  try {
    say(message);
  } catch (error) {
    say({ error: 'the result cannot be written as JSON: ' + error.message });
  }
  say({ ready: true });
}
process.exit(0);
`;
