import { UsageError } from '../../errors.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';

/** What a side of a comparison is taken from. */
export type SideReference =
  /** Targets that stand in no suite. */
  | { kind: 'given'; targets: readonly TargetConfig[] }
  /** The workspace as its files are now. */
  | { kind: 'workspace' }
  | { kind: 'run'; id: string }
  | { kind: 'target'; name: string }
  /** `provider/model`, for the prompts of the suite. */
  | { kind: 'model'; model: string }
  /** Anything that git resolves to a commit. */
  | { kind: 'revision'; revision: string };

/** One that a person can write. */
type WrittenSide = Exclude<SideReference, { kind: 'given' }>;

/** What is known where a reference stands. */
export interface SideSurroundings {
  suite: { targets: readonly { name: string }[] } | undefined;
  providers: readonly string[];
  isRun(id: string): boolean;
}

const KINDS = ['run', 'target', 'model', 'git'] as const;

/**
 * Reads `HEAD~1`, `v1`, `openai/gpt-5-mini`, a run's id, or `.` for the workspace as it is. A target of the suite
 * comes first, then a stored run, then a model of a configured provider; everything else is a git revision.
 * `run:`, `target:`, `model:` and `git:` before it say it outright.
 */
export function readSide(text: string, { suite, providers, isRun }: SideSurroundings): WrittenSide {
  if (text === '') throw new UsageError('a side of the comparison is empty', { remedy: REMEDY });
  const kind = KINDS.find((candidate) => text.startsWith(`${candidate}:`));
  const rest = kind && text.slice(kind.length + 1);
  if (kind && rest) return named(kind, rest);
  if (text === '.') return { kind: 'workspace' };
  if (suite?.targets.some(({ name }) => name === text)) return { kind: 'target', name: text };
  if (isRun(text)) return { kind: 'run', id: text };
  if (providers.some((provider) => text.startsWith(`${provider}/`))) return { kind: 'model', model: text };
  return { kind: 'revision', revision: text };
}

function named(kind: (typeof KINDS)[number], rest: string): WrittenSide {
  switch (kind) {
    case 'run':
      return { kind, id: rest };
    case 'target':
      return { kind, name: rest };
    case 'model':
      return { kind, model: rest };
    case 'git':
      return { kind: 'revision', revision: rest };
  }
}

/** The side in a few characters, for names and headings. */
export function sideLabel(side: WrittenSide): string {
  switch (side.kind) {
    case 'workspace':
      return 'working tree';
    case 'run':
      return `run ${side.id}`;
    case 'target':
      return side.name;
    case 'model':
      return side.model;
    case 'revision':
      return side.revision;
  }
}

const REMEDY =
  'Name a git revision, a stored run, a target of the suite, a provider/model, or "." for the files as they are.';
