import { WRITE_LINE } from '../../processes/childSources.ts';
import { CALLABLE_ID } from './callableId.ts';

/**
 * Source of the process that runs scripts; a text so that it is part of any bundle. It reads one request a
 * line from standard input and answers on descriptor 3, so that whatever a script prints disturbs nothing.
 * After an answer it says `ready` from a later turn of the event loop: a script that left a loop behind in a
 * promise never gets there, and only its own process is ended.
 */
export const SCRIPT_CHILD = `
'use strict';
const { writeSync } = require('node:fs');
const vm = require('node:vm');
${WRITE_LINE}
const say = (message) => writeLine(3, message);

const quiet = () => {};
const console = { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet };

const callableId = ${JSON.stringify(CALLABLE_ID)};

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

async function run({ code, scope }) {
  const sandbox = vm.createContext({ console, URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone, atob, btoa, __scope: scope });
  vm.runInContext('({ output: globalThis.output, context: globalThis.context } = JSON.parse(__scope)); delete globalThis.__scope; (' + callableId + ')(context && context.provider);', sandbox);
  const value = compile(code).runInContext(sandbox);
  if (typeof value !== 'function') return value;
  const module = vm.runInContext('({ exports: {} })', sandbox);
  return value(sandbox.output, sandbox.context, module, module.exports);
}

function answer(value) {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return { error: 'the script returned ' + typeof value };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { error: 'the script returned ' + value };
  return { value };
}

let pending = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  pending += chunk;
  const end = pending.indexOf('\\n');
  if (end < 0) return;
  const request = JSON.parse(pending.slice(0, end));
  pending = pending.slice(end + 1);
  run(request)
    .then(answer)
    .catch((error) => ({ error: error instanceof Object && 'message' in error ? error.name + ': ' + error.message : String(error) }))
    .then((message) => {
      try {
        say(message);
      } catch (error) {
        say({ error: 'the result cannot be written as JSON: ' + error.message });
      }
      setImmediate(say, { ready: true });
    });
});
process.stdin.on('end', () => process.exit(0));
// A rejection that a script left unhandled is its own affair.
process.on('unhandledRejection', quiet);
say({ ready: true });
`;
