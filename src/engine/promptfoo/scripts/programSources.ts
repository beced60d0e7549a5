import { EXPORT_OF, WRITE_LINE } from '../../processes/childSources.ts';

/**
 * Calls a module: reads `{ file, name, args, options }` from standard input, calls its function, or `callApi` of its class
 * or object, and writes what that returns as one line of JSON to standard output. What the module prints goes to
 * standard error.
 */
export const JAVASCRIPT_MODULE = `
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

for (const level of ['log', 'info', 'debug']) console[level] = console.error;
${WRITE_LINE}
${EXPORT_OF}
let given = '';
for await (const chunk of process.stdin.setEncoding('utf8')) given += chunk;
const { file, name, args, options } = JSON.parse(given);
const found = await exportOf(pathToFileURL(file).href, name);
const provider = found?.prototype?.callApi ? new found(options) : found;
const call = provider?.callApi ? provider.callApi.bind(provider) : provider;
if (typeof call !== 'function') throw new TypeError('the module exports no ' + (name ?? 'function, and no class or object with callApi'));
writeLine(1, (await call(...args)) ?? null, '\\n');
process.exit(0);
`;

/** The same for Python: the function is `call_api` where none is named. */
export const PYTHON_MODULE = `
import asyncio, importlib.util, inspect, json, os, sys

answers = os.fdopen(os.dup(1), 'w', encoding='utf-8')
os.dup2(2, 1)
sys.stdout = sys.stderr
given = json.loads(sys.stdin.buffer.read().decode('utf-8'))
folder, file = os.path.split(given['file'])
sys.path.insert(0, folder)
spec = importlib.util.spec_from_file_location(file[:-3], given['file'])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
reply = getattr(module, given['name'] or 'call_api')(*given['args'])
if inspect.isawaitable(reply):
    reply = asyncio.run(reply)
answers.write('\\n' + json.dumps(reply, allow_nan=False))
answers.close()
`;
