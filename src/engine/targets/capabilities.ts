import { defined } from '../model/defined.ts';
import { NO_SECRETS, type TargetSecrets } from './secrets/targetSecrets.ts';

/** What a target can do and what it needs, as plain data. Others ask this, and never what kind of target it is. */
export interface TargetCapabilities {
  /**
   * It sends a prompt to a model, in whose place another one can be put; null for an agent, which chooses its own, and for
   * what asks nobody. `reference` is `provider/model`; null where only the prompt file names it. `standIns` may be asked as well.
   */
  readonly model: { readonly reference: string | null; readonly standIns?: readonly string[] } | null;
  /** The prompt file that it fills in, relative to the workspace: its content stands in the target's hash. */
  readonly promptFile: string | null;
  /** Names of the tools that it offers its model, as far as they are known. */
  readonly tools: readonly string[];
  /** Its prompt reads the conversation so far: cases of one conversation go one after the other. */
  readonly conversation: boolean;
  /** A program or a server, of which only the answers are seen: they are priced by the usage that it reports. */
  readonly agent: boolean;
  /** It starts programs: they share the places of a run, and may read any file of the workspace. */
  readonly startsPrograms: boolean;
  /** It answers from elsewhere and may do so differently at any time: what it said before does not stand for it. */
  readonly remote: boolean;
  /** Nothing is paid for its answers, because nobody is asked. */
  readonly free: boolean;
  /** A request may be sent to it a second time, since it changes nothing. */
  readonly safeToMirror: boolean;
  readonly secrets: TargetSecrets;
}

/** Of a target that asks nobody. */
export const ASKS_NOBODY: TargetCapabilities = {
  model: null,
  promptFile: null,
  tools: [],
  conversation: false,
  agent: false,
  startsPrograms: false,
  remote: false,
  free: true,
  safeToMirror: true,
  secrets: NO_SECRETS,
};

/** Of a program that answers. */
export const PROGRAM: TargetCapabilities = {
  ...ASKS_NOBODY,
  agent: true,
  startsPrograms: true,
  free: false,
  safeToMirror: false,
};

/** Of a server that answers. */
export const SERVER: TargetCapabilities = {
  ...ASKS_NOBODY,
  agent: true,
  remote: true,
  free: false,
  safeToMirror: false,
};

/** Of a prompt that is sent to a model. */
export function promptWith(reference: string | null, standIns?: readonly string[]): TargetCapabilities {
  return { ...ASKS_NOBODY, model: { reference, ...defined({ standIns }) }, free: false };
}

/** Its hash covers everything that decides its answers, as far as it is in our hands. */
export function isWhole({ startsPrograms, remote }: TargetCapabilities): boolean {
  return !startsPrograms && !remote;
}

/** Its answers are recorded as it gives them; those of other targets by their models. */
export function isRecordedWhole({ agent, startsPrograms }: TargetCapabilities): boolean {
  return agent || startsPrograms;
}
