/**
 * Source of the Node process that runs scripts; a string, so that it is part of any bundle. It reads one call a line from
 * descriptor 4 and answers on descriptor 3 (see scriptCall.ts), so that nothing a script prints or reads interferes.
 * After an answer it writes `ready` from a later turn of the event loop: if a script left an endless loop behind in a
 * promise, this is never reached, and only the script's own process is killed.
 */
export const NODE_CHILD = `
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

function say(message) {
  const bytes = Buffer.from(JSON.stringify(message) + '\\n');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(3, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const quiet = () => {};
const console = { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet };

// promptfoo's scripts call provider.id(); as a string or as JSON it is the id as well.
const callableId = (provider) => {
  if (!provider || typeof provider.id !== 'string') return;
  const { id } = provider;
  provider.id = Object.assign(() => id, { toString: () => id, toJSON: () => id });
};

function compile(code) {
  const parameters = '(output, context, module, exports)';
  const wrap = (body) => new vm.Script('(async function ' + parameters + ' {' + body + '\\n})', { filename: 'script' });
  if (/\\bmodule\\.exports\\b/.test(code)) {
    return wrap(code + '\\n;return typeof module.exports === "function" ? module.exports(output, context) : module.exports;');
  }
  const plain = code.trim().replace(/;+$/, '');
  try {
    return wrap('return (' + plain + '\\n);');
  } catch (error) {
    if (/\\breturn\\b/.test(code)) return wrap(code);
    // Statements that end in an expression: its value is the result.
    return new vm.Script(code, { filename: 'script' });
  }
}

async function runScript({ code, args }) {
  const globals = { console, URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone, atob, btoa };
  const sandbox = vm.createContext({ ...globals, __args: JSON.stringify(args) });
  vm.runInContext('[globalThis.output, globalThis.context] = JSON.parse(__args); delete globalThis.__args; (' + callableId + ')(context && context.provider);', sandbox);
  const value = compile(code).runInContext(sandbox);
  if (typeof value !== 'function') return value;
  const module = vm.runInContext('({ exports: {} })', sandbox);
  return value(sandbox.output, sandbox.context, module, module.exports);
}

async function exportOf(file, name) {
  const module = await import(file.startsWith('data:') ? file : pathToFileURL(file).href);
  const main = module.default?.default ?? module.default ?? module;
  return name ? (module[name] ?? main[name]) : main;
}

async function callModule({ file, name, method, options, args }) {
  const found = await exportOf(file, name);
  const made = method && found?.prototype?.[method] ? new found(options) : found;
  const call = method && made?.[method] ? made[method].bind(made) : made;
  if (typeof call !== 'function') {
    const wanted = name ? ' ' + name : method ? ', and no class or object with ' + method : '';
    throw new TypeError('the module exports no function' + wanted);
  }
  callableId(args[1]?.provider);
  return call(...args);
}

function answer(value) {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return { error: 'the script returned ' + typeof value };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { error: 'the script returned ' + value };
  return { value };
}

async function run(call) {
  try {
    return answer(await (call.kind === 'module' ? callModule(call) : runScript(call)));
  } catch (error) {
    if (call.kind === 'module') process.stderr.write((error?.stack ?? error) + '\\n');
    return { error: error instanceof Object && 'message' in error ? error.name + ': ' + error.message : String(error) };
  }
}

let pending = '';
const calls = new Socket({ fd: 4, writable: false }).setEncoding('utf8');
calls.on('data', async (chunk) => {
  pending += chunk;
  const end = pending.indexOf('\\n');
  if (end < 0) return;
  const call = JSON.parse(pending.slice(0, end));
  pending = pending.slice(end + 1);
  const message = await run(call);
  try {
    say(message);
  } catch (error) {
    say({ error: 'the result cannot be written as JSON: ' + error.message });
  }
  setImmediate(say, { ready: true });
});
calls.on('end', () => process.exit(0));
// A rejection that a script does not handle concerns nobody else.
process.on('unhandledRejection', quiet);
say({ ready: true });
`;
