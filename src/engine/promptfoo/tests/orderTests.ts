import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { mentions } from '../../prompts/template/mentions.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import { isAllowed } from '../targets/planTargets.ts';
import type { MergedTest } from './mergedTest.ts';

const CONVERSATION = '_conversation';

/**
 * Tests of the same targets in the order in which they run, which know the variables that earlier ones may make: those
 * that `storeOutputAs` names, and the conversation where a prompt reads it. The same tests where nothing is made.
 */
export function orderTests(
  tests: readonly MergedTest[],
  prompts: readonly PromptfooPrompt[],
): readonly MergedTest[] {
  const late = new Set(tests.flatMap((test) => storedName(test) ?? []));
  if (prompts.some(({ conversation }) => conversation)) late.add(CONVERSATION);
  const serial = tests.filter(isSerial);
  const ordered = serial.length === 0 ? tests : [...serial, ...tests.filter((test) => !isSerial(test))];
  return late.size === 0 ? ordered : ordered.map((test) => ({ ...test, late }));
}

/**
 * Marks tests that read what a test of other targets stores, which is a run of its own here. `groups` are the tests by
 * their targets; the order of the file decides what is earlier.
 */
export function refuseForeignOutputs(
  reader: PromptfooReader,
  groups: readonly { tests: MergedTest[]; choice: { prompts?: string[] } }[],
  prompts: readonly PromptfooPrompt[],
): void {
  const stores = groups.flatMap(({ tests }) =>
    tests.flatMap((test) => {
      const name = storedName(test);
      return name === undefined ? [] : [{ name, tests, index: test.index }];
    }),
  );

  if (stores.length === 0 || groups.length < 2) return;

  for (const { tests, choice } of groups) {
    const own = prompts.filter((prompt) => isAllowed(prompt, choice.prompts));
    const templates = own.map(({ raw }) => raw).join('\n');
    for (const test of tests) {
      const text = `${templates}\n${JSON.stringify([test.test['vars'], test.test['assert']])}`;
      const foreign = stores.find(
        (store) => store.tests !== tests && store.index < test.index && mentions(text, store.name),
      );
      if (!foreign || test.unsupported !== undefined) continue;

      test.unsupported = `the variable "${foreign.name}" is stored by a test with other prompts, providers or repeats`;
      warn(reader, test.location, {
        code: 'unsupported-test',
        message: test.unsupported,
        remedy: 'Give both tests the same prompts, providers and repeat. Until then, its cases are errors.',
      });
    }
  }
}

/** The name under which later tests read a test's output. */
export function storedName({ test }: MergedTest): string | undefined {
  const name = optionsOf(test)['storeOutputAs'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

export function isSerial({ test }: MergedTest): boolean {
  return optionsOf(test)['runSerially'] === true;
}

function optionsOf({ options }: JsonObject): JsonObject {
  return isJsonObject(options) ? options : {};
}
