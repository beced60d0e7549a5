import { z } from 'zod';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import { nameSchema } from './name.ts';
import { providersFile } from './providerConfig.ts';
import { type SuiteConfig, suiteFile } from './suiteConfig.ts';

/** `touchstone.yaml`, checked, with references resolved and defaults filled in. */
export interface WorkspaceConfig {
  /** By name. `openai` is always there: built in where the file does not define it. */
  providers: Record<string, ProviderConfig>;
  /** In the file's order; names are unique. */
  suites: SuiteConfig[];
}

/** The file as it is written. Strict: an unknown key is an error. */
export const workspaceFile = z
  .strictObject({
    providers: providersFile.optional(),
    suites: z
      .record(nameSchema, suiteFile)
      .default({})
      .describe('Suites by name: what to test, with which cases, and how to score the outputs.'),
  })
  .describe('Configuration of a Touchstone workspace.');
