import { ConfigError } from '../../errors.ts';
import { compileLinear, hasForeignLineEnd } from './linearPattern.ts';
import type { CompiledPattern, PatternMatcher } from './pattern.ts';
import { PatternWorker } from './patternWorker.ts';

const FLAGS = /^[imsgu]*$/;

/**
 * Runs patterns in linear time (RE2) where they allow it, the rest in a worker that is ended after
 * `timeoutMs` and started anew for the next text. `close` ends the worker.
 */
export function createPatternMatcher({ timeoutMs }: { timeoutMs: number }): PatternMatcher {
  const worker = new PatternWorker(timeoutMs);
  return {
    compile: (pattern, flags = '') => compile(pattern, flags, worker),
    close: () => worker.close(),
  };
}

function compile(pattern: string, flags: string, worker: PatternWorker): CompiledPattern {
  checkPattern(pattern, flags);
  // `g` and `y` only matter for repeated searches.
  const kept = flags.replaceAll('g', '');
  const inWorker = (text: string): Promise<boolean> => worker.test(pattern, kept, text);
  const linear = compileLinear(pattern, kept);
  if (!linear) return { engine: 'worker', test: inWorker };
  if (!kept.includes('m') || !/[\^$]/.test(pattern)) return { engine: 'linear', test: linear.test };
  return { engine: 'linear', test: (text) => (hasForeignLineEnd(text) ? inWorker(text) : linear.test(text)) };
}

/** Throws ConfigError for what is not a regular expression. */
export function checkPattern(pattern: string, flags: string): void {
  if (!FLAGS.test(flags) || new Set(flags).size < flags.length) {
    throw new ConfigError(`the flags "${flags}" of /${pattern}/ are not valid`, {
      remedy: 'Use each of i, m, s, g, u at most once.',
    });
  }

  const inline = /^\(\?([a-z]+)\)/.exec(pattern);
  if (inline) {
    throw new ConfigError(`/${pattern}/ begins with ${inline[0]}, which JavaScript does not support`, {
      remedy: `Remove it and set flags: ${inline[1]}`,
    });
  }

  try {
    new RegExp(pattern, flags);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `/${pattern}/ is not a valid regular expression: ${text.replace(/^.*\/[a-z]*: /s, '')}`,
      {
        remedy: 'Escape characters that are meant literally with a backslash.',
        cause: error,
      },
    );
  }
}
